import type { CheckEntry, RetrainingEntry, RetrainingFailure, RetrainingPause } from '../contracts/monitoring.js';

/** Where a model serves: what is monitored at one target says nothing of another. */
export interface MonitoringTarget {
  model: string;
  functionName: string;
  alias: string;
}

/** The retrainings of a target, oldest first, the latest pause, whether it holds still or not, and the latest failures. */
export interface Retrainings {
  entries: RetrainingEntry[];
  pause: RetrainingPause | null;
  /** Also of retrainings that failed before they were claimed; oldest first. */
  failures: RetrainingFailure[];
}

/** What became of a request to start a retraining. */
export type Claim = { allowed: true } | { allowed: false; reason: string };

/** What monitoring found and did, by target. Every write may be repeated without a second effect. */
export interface MonitoringLog {
  /**
   * Writes a check down that counts for later ones. `judge` gets those before it, at most `latest` and oldest first, with
   * no other writer in between: it may be asked again when there was one. A run that was written down before is given
   * as it is.
   */
  concludeCheck(
    target: MonitoringTarget,
    run: string,
    latest: number,
    judge: (earlier: CheckEntry[]) => CheckEntry,
  ): Promise<CheckEntry>;
  /** Writes down a check that only looked, apart from those that count. */
  recordDryRun(target: MonitoringTarget, dryRun: CheckEntry): Promise<void>;
  /** The latest checks that count, at most so many, oldest first. */
  checks(target: MonitoringTarget, latest: number): Promise<CheckEntry[]>;
  /** The latest checks that only looked. */
  dryRuns(target: MonitoringTarget, latest: number): Promise<CheckEntry[]>;
  retrainings(target: MonitoringTarget): Promise<Retrainings>;
  /**
   * Writes a retraining down if `judge` allows it, with no other writer in between; it may be asked again when there was
   * one. One that was claimed by the same run before is allowed again.
   */
  claimRetraining(
    target: MonitoringTarget,
    entry: RetrainingEntry,
    judge: (known: Retrainings) => Claim,
  ): Promise<Claim>;
  /** Writes down how the run's retraining ended and gives all of them; a run without a claim changes nothing. */
  finishRetraining(
    target: MonitoringTarget,
    run: string,
    outcome: NonNullable<RetrainingEntry['outcome']>,
  ): Promise<Retrainings>;
  /** Takes back a claim whose retraining never began; one that has ended stays. */
  withdrawRetraining(target: MonitoringTarget, run: string): Promise<void>;
  recordPause(target: MonitoringTarget, pause: RetrainingPause): Promise<void>;
  /** One per run; only the latest few are kept. */
  recordFailure(target: MonitoringTarget, failure: RetrainingFailure): Promise<void>;
  /** Of the latest alerts, those that a sink has heard, as `alert id` and sink. */
  delivered(target: MonitoringTarget): Promise<Delivery[]>;
  recordDelivery(target: MonitoringTarget, delivery: Delivery): Promise<void>;
}

/** That a sink has heard an alert: the id of the alert and the name of the sink. */
export interface Delivery {
  alert: string;
  sink: string;
}
