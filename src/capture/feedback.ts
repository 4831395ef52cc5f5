import { sha256Of } from '../store/files.js';
import { readLabels, type LabelRecord } from './feedback-csv.js';
import type { Label } from './known-labels.js';
import { checkModelName, compactTime, dayOf, feedbackFolder } from './partitions.js';
import type { FeedbackStore } from './source.js';

/** Digits of the content's hash in the name of a part. */
const HASH_DIGITS = 32;

export interface Feedback {
  capture: FeedbackStore;
  model: string;
  /** The definition's label spellings to classes. */
  labels: Record<string, Label>;
  /** CSV file, see `readLabels`. */
  path: string;
  now: () => Date;
  signal?: AbortSignal;
}

export interface FeedbackResult {
  /** Labels that were taken; of several for a row the file's last one counts. */
  accepted: number;
  positives: number;
  /** Labels that were not: repeated within the file, or all of a file that was taken before. */
  duplicates: number;
}

/**
 * Takes labels that came after their predictions: JSON lines `{type:'feedback', id, row, label, time}` in one file
 * `<model>/feedback/date=<day>/<time>-<content hash>.jsonl`. All of a file is taken or nothing; the same labels given
 * again are not taken twice, whatever came between.
 * @throws what `readLabels` and `checkModelName` throw, and what the capture does
 */
export async function acceptFeedback(feedback: Feedback): Promise<FeedbackResult> {
  const { capture, model, labels, path, now, signal } = feedback;
  checkModelName(model);
  const records = await readLabels(path, labels, signal);
  const latest = [...new Map(records.map((record) => [`${record.row} ${record.id}`, record])).values()];
  const positives = latest.reduce((sum, { label }) => sum + label, 0);
  const suffix = `-${contentHash(latest)}.jsonl`;
  const folder = feedbackFolder(model);
  const isKnown = (await capture.list(folder)).some((known) => known.endsWith(suffix));
  if (isKnown || latest.length === 0) return { accepted: 0, positives: 0, duplicates: records.length };
  const time = now();
  const part = `${folder}date=${dayOf(time.getTime())}/${compactTime(time)}${suffix}`;
  await capture.put(part, linesOf(latest, time.toISOString()));
  return { accepted: latest.length, positives, duplicates: records.length - latest.length };
}

const contentHash = (records: LabelRecord[]): string =>
  sha256Of(JSON.stringify(records.map(({ id, row, label }) => [id, row, label]))).slice(0, HASH_DIGITS);

const linesOf = (records: LabelRecord[], time: string): string =>
  records.map(({ id, row, label }) => `${JSON.stringify({ type: 'feedback', id, row, label, time })}\n`).join('');
