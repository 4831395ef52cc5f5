import type { RetrainingEntry } from '../contracts/monitoring.js';
import type { RetrainingPolicy } from '../contracts/definition.js';
import { counted, HOUR_MS } from '../contracts/text.js';

const WEEK_HOURS = 7 * 24;

/** The same data and definition give the same model, and these outcomes have decided on it. */
const DECIDED: readonly RetrainingEntry['outcome'][] = ['deployed', 'refused', 'rejected', 'rolled-back'];

/** What stands against a retraining. */
export type RetrainingBrake = 'paused' | 'running' | 'unchanged-data' | 'cooldown' | 'budget';

/** Whether a retraining may start, and if not, why: in a sentence, with numbers. */
export type RetrainingPermission = { allowed: true } | { allowed: false; code: RetrainingBrake; reason: string };

/** A retraining that is asked for, and what was known before. */
export interface RetrainingRequest {
  /** ISO 8601, UTC. */
  now: string;
  policy: RetrainingPolicy;
  /** Retrainings of the model, in any order; those of the last seven days and the finished ones matter. */
  earlier: readonly RetrainingEntry[];
  /** What the serving version learnt from; `null` when none serves. */
  championDatasetSha256: string | null;
  championDefinitionSha256: string | null;
  /** What would be learnt from. */
  datasetSha256: string;
  definitionSha256: string;
  /** Why the schedule is paused, by its own note; `null` when it is not. */
  pauseNote: string | null;
  /** Refused ones before this do not count: retraining was paused for them already. ISO 8601, `null` for none. */
  countedSince: string | null;
}

type Brake = (request: RetrainingRequest) => string | null;

/** Hours between two times, whichever is first: a clock that was put back neither frees nor blocks for ever. */
const hoursApart = (a: string, b: string): number => Math.abs(Date.parse(a) - Date.parse(b)) / HOUR_MS;

const startedWithin = ({ earlier, now }: RetrainingRequest, within: number): RetrainingEntry[] =>
  earlier.filter(({ startedAt }) => hoursApart(startedAt, now) < within);

const paused: Brake = ({ pauseNote, earlier, policy, countedSince }) => {
  if (pauseNote !== null)
    return `retraining is paused${pauseNote === '' ? '' : ` (${pauseNote})`}; a person resumes it`;
  return shouldPause(earlier, policy, countedSince)
    ? `the gate refused ${policy.refusedInARow} in a row, so retraining is about to be paused`
    : null;
};

const running: Brake = (request) => {
  const entry = startedWithin(request, WEEK_HOURS).find(({ outcome }) => outcome === null);
  return entry === undefined ? null : `the retraining that started at ${entry.startedAt} still runs`;
};

const unchangedData: Brake = (request) => {
  const { datasetSha256, definitionSha256, championDatasetSha256, championDefinitionSha256 } = request;
  if (datasetSha256 === championDatasetSha256 && definitionSha256 === championDefinitionSha256) {
    return 'no new labelled data: the serving version learnt from the same data by the same definition';
  }
  const same = request.earlier.find(
    (entry) =>
      entry.datasetSha256 === datasetSha256 &&
      entry.definitionSha256 === definitionSha256 &&
      DECIDED.includes(entry.outcome),
  );
  if (same === undefined) return null;
  return `no new labelled data: the retraining of ${same.startedAt} learnt from the same data by the same definition and was ${same.outcome ?? ''}`;
};

const cooldown: Brake = (request) => {
  const { cooldownHours } = request.policy;
  const [entry] = startedWithin(request, cooldownHours);
  if (entry === undefined) return null;
  return `a retraining started at ${entry.startedAt}, and ${counted(cooldownHours, 'hour')} must lie between two starts`;
};

const budget: Brake = (request) => {
  const { perWeek } = request.policy;
  const count = startedWithin(request, WEEK_HOURS).length;
  return count < perWeek ? null : `${count} retrainings started within seven days, and ${perWeek} are allowed`;
};

/** In the order in which they are told. */
const BRAKES: readonly { code: RetrainingBrake; holds: Brake }[] = [
  { code: 'paused', holds: paused },
  { code: 'running', holds: running },
  { code: 'unchanged-data', holds: unchangedData },
  { code: 'cooldown', holds: cooldown },
  { code: 'budget', holds: budget },
];

/**
 * Whether a retraining may start. Against it stand a pause, one that still runs (for seven days at most; after that it is
 * taken for lost), data and definition that were learnt from already, one that started within `cooldownHours`, and
 * `perWeek` that started within seven days. Starts in the future of `now`, written before a clock was put back, count like
 * past ones.
 */
export function mayRetrain(request: RetrainingRequest): RetrainingPermission {
  for (const { code, holds } of BRAKES) {
    const reason = holds(request);
    if (reason !== null) return { allowed: false, code, reason };
  }
  return { allowed: true };
}

/**
 * Whether retraining should be paused: the gate refused the latest `refusedInARow` that it judged since the last pause.
 * Those that failed or were cancelled came to no judgement and are left out.
 * @param earlier retrainings of the model, in any order
 * @param countedSince earlier ones do not count, ISO 8601; `null` counts all
 */
export function shouldPause(
  earlier: readonly RetrainingEntry[],
  { refusedInARow }: RetrainingPolicy,
  countedSince: string | null,
): boolean {
  const judged = earlier
    .filter(({ outcome }) => DECIDED.includes(outcome))
    .filter(({ startedAt }) => countedSince === null || Date.parse(startedAt) >= Date.parse(countedSince))
    .sort((a, b) => Date.parse(a.startedAt) - Date.parse(b.startedAt));
  const latest = judged.slice(-refusedInARow);
  return latest.length === refusedInARow && latest.every(({ outcome }) => outcome === 'refused');
}
