import { DAY_MS, dayText } from '../contracts/time.js';
import { checkModelName } from './partitions.js';
import { readKnownLabels } from './known-labels.js';
import { RowBuffer } from './captured-line.js';
import { forEachRecord, type WindowQuery } from './scan.js';

export interface LabelledRows {
  /** Probabilities of the positive class, in [0, 1]; the three lists have the same length. */
  scores: Float64Array;
  /** 0 or 1. */
  predictions: Uint8Array;
  labels: Uint8Array;
  /** Labels on file for the model that came since the day before the window begins; 0 when no feedback exists. */
  known: number;
  /** Of these, labels without a prediction of this version in this window. */
  unmatched: number;
}

/**
 * Joins what a version predicted in a window with the labels known by now. Without any label the predictions are not
 * read; with labels, only the lines that have one are.
 * @throws what `forEachRecord` throws, and what the source does
 */
export async function readLabelled({ sha256, ...query }: WindowQuery & { sha256: string }): Promise<LabelledRows> {
  const { source, model, window, signal } = query;
  checkModelName(model);
  // A clock that was set back may have dated a label a little before its prediction.
  const since = dayText(Date.parse(window.from) - DAY_MS);
  const known = await readKnownLabels({ source, model, since, signal });
  const scores: number[] = [];
  const predictions: number[] = [];
  const labels: number[] = [];
  const rowsOfLine = new RowBuffer([]);
  if (known.count > 0)
    await forEachRecord(query, (line, head) => {
      if (head.sha256 !== sha256 || !known.has(head.id)) return true;
      const rows = line.readInto(rowsOfLine);
      if (rows === null) return false;
      for (let i = 0; i < rows.count; i++) {
        const label = known.get(head.id, head.offset + i);
        if (label === undefined) continue;
        scores.push(rowsOfLine.scores[i]!);
        predictions.push(rowsOfLine.predictions[i]!);
        labels.push(label);
      }
      return true;
    });
  return {
    scores: Float64Array.from(scores),
    predictions: Uint8Array.from(predictions),
    labels: Uint8Array.from(labels),
    known: known.count,
    unmatched: known.count - labels.length,
  };
}
