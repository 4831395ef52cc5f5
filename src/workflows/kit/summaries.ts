import type { Definition } from '../../contracts/definition.js';
import { LOWER_IS_BETTER, type MetricName } from '../../contracts/vocabulary.js';
import type { Decision } from '../../contracts/decision.js';
import { shownBy } from '../../contracts/identity.js';
import type { DeployOutcome } from '../../contracts/pipeline.js';
import type { RegisteredModel } from '../../contracts/values.js';
import type {
  FeaturesResult,
  FitResult,
  GateVerdict,
  IngestResult,
  LeaderboardRow,
  ProfileResult,
} from '../../contracts/results.js';
import { decimals, shortDigest } from '../../contracts/text.js';

/* What each stage found, in one line: for the table of stages that people see. */

/** Last part of a path, or of a URI without its query. */
export function fileName(uri: string): string {
  const path = uri.startsWith('/') ? uri : uri.replace(/^[^:]+:\/\/[^/]*/, '').split(/[?#]/)[0]!;
  return path.split('/').at(-1) || 'data set';
}

export const ingest = ({ rows, rejected, positives }: IngestResult) =>
  `${rows} rows kept (${positives} positive), ${rejected} rejected`;

export const profile = ({ rows }: ProfileResult) => `explored on ${rows} rows`;

export const features = ({ rows, suspicious }: FeaturesResult) =>
  `${rows.train} training rows, ${rows.holdout} held out` +
  (suspicious.length > 0 ? `, suspicious: ${suspicious.join(', ')}` : '');

export const train = (metric: MetricName) => (rows: LeaderboardRow[]) => {
  const row = best(rows, metric);
  return `${rows.length} cross-validated, best ${row.candidate} (${metric} ${decimals(row.metrics[metric].value, 'undefined')})`;
};

export const validate = ({ gate }: { fit: FitResult; gate: GateVerdict }) =>
  gate.unchanged
    ? 'the same model as the one serving'
    : gate.passed
      ? `gate passed (${gate.checks.length} ${gate.checks.length === 1 ? 'check' : 'checks'})`
      : `gate refused: ${gate.checks
          .filter(({ passed }) => !passed)
          .map(({ rule, found }) => `${rule}, found ${found}`)
          .join('; ')}`;

export const register = ({ name, version, sha256 }: RegisteredModel) =>
  `${name} version ${version} (${shortDigest(sha256)})`;

export const decision = ({ decision, by, proof, because }: Decision) =>
  `${decision} by ${shownBy(by, proof)}: ${because}`;

export function deployment(ended: DeployOutcome): string {
  if (ended.outcome === 'superseded') return 'another model was deployed meanwhile, so the gate has to judge again';
  if (ended.outcome === 'rolled-back') return `rolled back: ${ended.reason}`;
  const { endpoint, functionVersion, published } = ended.deployment;
  return `alias ${endpoint.alias} on function version ${functionVersion}${published ? '' : ', already published'}`;
}

export const monitoring =
  ({ monitoring: { enabled, everyMinutes } }: Definition) =>
  (schedules: string[] | null) => {
    if (!enabled) return 'not wanted by the definition';
    const drift = schedules?.[0];
    return drift === undefined
      ? 'could not be scheduled'
      : `checked every ${everyMinutes} minutes by schedule ${drift}`;
  };

/** The best full-feature row by the selection metric; the first listed wins a tie. */
export function best(rows: LeaderboardRow[], metric: MetricName): LeaderboardRow {
  const sign = LOWER_IS_BETTER.has(metric) ? -1 : 1;
  const quality = ({ metrics }: LeaderboardRow) => {
    const { value } = metrics[metric];
    return value === null ? -Infinity : sign * value;
  };
  return rows
    .filter(({ without }) => without === null)
    .reduce((leader, row) => (quality(row) > quality(leader) ? row : leader));
}
