import type { ModelFeature } from '../contracts/learner.js';
import type { RequestFault } from '../contracts/requests.js';
import type { ModelMeta } from './model-card.js';
import type { RequestError } from './request-error.js';

/** Longest line in characters, below what CloudWatch Logs keeps as one event. */
export const MAX_LINE_CHARACTERS = 200_000;
/** Longest JSON text of one number, with its comma. */
const NUMBER_CHARACTERS = 26;

/** A request and the model that was asked. */
export interface RequestRecord {
  id: string;
  /** ISO 8601, UTC. */
  time: string;
  /** Set for requests of our own, which are not to be monitored. */
  purpose: string | null;
  meta: ModelMeta;
}

/** One answered request; columns are in feature order, NaN where a value was missing. */
export interface PredictionRecord extends RequestRecord {
  features: readonly ModelFeature[];
  columns: readonly Float64Array[];
  predictions: readonly number[];
  scores: readonly number[];
}

/**
 * JSON lines of a request: one, or several for a batch too long for one log event. `offset` is the index of a line's
 * first row within the request. `features` and `inputs` (rows of numbers, null = missing) are left out unless captured.
 */
export function predictionLines(record: PredictionRecord, captureInputs: boolean): string[] {
  const { features, columns, predictions, scores } = record;
  const rowsPerLine = Math.max(1, Math.floor(MAX_LINE_CHARACTERS / (NUMBER_CHARACTERS * (features.length + 2))));
  const lines: string[] = [];
  for (let offset = 0; offset < scores.length; offset += rowsPerLine) {
    const end = Math.min(offset + rowsPerLine, scores.length);
    const inputs = captureInputs
      ? {
          features: features.map(({ name }) => name),
          inputs: Array.from({ length: end - offset }, (_, i) => columns.map((column) => column[offset + i])),
        }
      : {};
    lines.push(
      JSON.stringify({
        type: 'prediction',
        ...headOf(record),
        offset,
        ...inputs,
        predictions: predictions.slice(offset, end),
        scores: scores.slice(offset, end),
      }),
    );
  }
  return lines;
}

/**
 * The JSON line of a refused request: each fault once, of those that the answer lists. It holds no name that the caller
 * made up and no value.
 */
export function refusalLine(
  record: RequestRecord & { features: readonly ModelFeature[] },
  error: RequestError,
): string {
  const own = new Set(record.features.map(({ name }) => name));
  const faults = new Map<string, RequestFault>();
  for (const { reason, field } of error.fields) {
    const feature = reason !== 'wrong-shape' && own.has(field) ? field : null;
    faults.set(`${reason} ${feature ?? ''}`, { reason, feature });
  }
  if (faults.size === 0) faults.set('', { reason: error.type, feature: null });
  return JSON.stringify({ type: 'refusal', ...headOf(record), faults: [...faults.values()] });
}

const headOf = ({ id, time, purpose, meta }: RequestRecord) => ({
  id,
  time,
  ...(purpose === null ? {} : { purpose }),
  model: meta.name,
  version: meta.version,
  sha256: meta.sha256,
});
