import { DAY_MS, dayText } from '../contracts/text.js';
import { RowBuffer, parseObject } from './prediction-line.js';
import { type CaptureSource, feedbackFolder, checkModelName, readLines } from './partitions.js';
import { forEachRecord, type WindowQuery } from './scan.js';

/** True class of a row: 1 is the positive one. */
export type Label = 0 | 1;

/** Labels by prediction id and row within the request. Most requests have one row, which then costs no map. */
class KnownLabels {
  /** Distinct rows with a label. */
  count = 0;
  private readonly byId = new Map<string, Label | Map<number, Label>>();

  /** Replaces a label that was set before. */
  set(id: string, row: number, label: Label): void {
    if (this.get(id, row) === undefined) this.count++;
    const known = this.byId.get(id);
    if (typeof known === 'object') known.set(row, label);
    else if (row === 0) this.byId.set(id, label);
    else this.byId.set(id, new Map(known === undefined ? [[row, label]] : [...single(known), [row, label]]));
  }

  /** Whether any row of the request has a label. */
  has(id: string): boolean {
    return this.byId.has(id);
  }

  get(id: string, row: number): Label | undefined {
    const known = this.byId.get(id);
    if (typeof known === 'object') return known.get(row);
    return row === 0 ? known : undefined;
  }
}

const single = (label: Label): [number, Label][] => [[0, label]];

/**
 * Labels on file for a model, of those that came on `since` (a day, like `2026-01-02`) or later: a label comes after its
 * prediction. Of several for a row the one that came last counts; paths are in the order in which they came.
 */
export async function readKnownLabels(query: {
  source: CaptureSource;
  model: string;
  since: string;
  signal?: AbortSignal | undefined;
}): Promise<KnownLabels> {
  const { source, model, since, signal } = query;
  const labels = new KnownLabels();
  const folder = feedbackFolder(model);
  const take = (bytes: Buffer, start: number, end: number): void => {
    const line = parseObject(bytes.toString('utf8', start, end));
    const { type, id, row, label } = line ?? {};
    const whole = type === 'feedback' && typeof id === 'string' && Number.isSafeInteger(row);
    if (whole && (label === 0 || label === 1)) labels.set(id, row as number, label); // a safe integer is a number
  };
  for (const path of await source.list(folder))
    if (path >= `${folder}date=${since}/` && path.endsWith('.jsonl')) await readLines(source, path, take, { signal });
  return labels;
}

interface LabelledRows {
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
