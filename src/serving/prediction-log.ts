import type { ModelFeature } from '../contracts/model.js';
import type { ModelMeta } from './model-card.js';

/** Longest line in characters, below what CloudWatch Logs keeps as one event. */
export const MAX_LINE_CHARACTERS = 200_000;
/** Longest JSON text of one number, with its comma. */
const NUMBER_CHARACTERS = 26;

/** One answered request; columns are in feature order, NaN where a value was missing. */
export interface PredictionRecord {
  id: string;
  /** ISO 8601, UTC. */
  time: string;
  /** Set for requests of our own, which are not to be monitored. */
  purpose: string | null;
  meta: ModelMeta;
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
  const { id, time, purpose, meta, features, columns, predictions, scores } = record;
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
        id,
        time,
        ...(purpose === null ? {} : { purpose }),
        model: meta.name,
        version: meta.version,
        sha256: meta.sha256,
        offset,
        ...inputs,
        predictions: predictions.slice(offset, end),
        scores: scores.slice(offset, end),
      }),
    );
  }
  return lines;
}
