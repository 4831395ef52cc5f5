import type { CheckEntry, RetrainingEntry } from '../contracts/monitoring.js';

/** The retrainings of a model, oldest first, and when retraining was last paused (ISO 8601, UTC). */
export interface Retrainings {
  entries: RetrainingEntry[];
  pausedAt: string | null;
}

/** What became of a request to start a retraining. */
export type Claim = { allowed: true } | { allowed: false; reason: string };

/** What monitoring found and did, by model. Every write may be repeated without a second effect. */
export interface MonitoringLog {
  /** Recorded once per run. */
  recordCheck(check: CheckEntry): Promise<void>;
  /** The latest checks of a model, at most so many, oldest first. */
  checks(model: string, latest: number): Promise<CheckEntry[]>;
  retrainings(model: string): Promise<Retrainings>;
  /**
   * Writes a retraining down if `judge` allows it, with no other writer in between. One that was claimed by the same
   * run before is allowed again.
   */
  claimRetraining(model: string, entry: RetrainingEntry, judge: (known: Retrainings) => Claim): Promise<Claim>;
  /** Writes down how the run's retraining ended and gives all of them. */
  finishRetraining(model: string, run: string, outcome: NonNullable<RetrainingEntry['outcome']>): Promise<Retrainings>;
  /** Writes down that retraining was paused, at `at`. */
  recordPause(model: string, at: string): Promise<void>;
}
