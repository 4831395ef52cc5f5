import { forEachLine } from './lines.js';
import { feedbackFolder } from './partitions.js';
import { parseObject } from './prediction-line.js';
import type { CaptureSource } from './lines.js';

/** True class of a row: 1 is the positive one. */
export type Label = 0 | 1;

/** Labels by prediction id and row within the request. Most requests have one row, which then costs no map. */
export class KnownLabels {
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
    if (path >= `${folder}date=${since}/` && path.endsWith('.jsonl'))
      await forEachLine(source.open(path), take, () => undefined, signal);
  return labels;
}
