import { sha256Of } from '../store/files.js';
import { readLabels, type LabelRecord } from './feedback-csv.js';
import { type Label, readKnownLabels } from './known-labels.js';
import { checkModelName, compactTime, dayOf, feedbackFolder } from './partitions.js';
import type { FeedbackStore } from './source.js';

/** Digits of the content's hash in the name of a part. */
const HASH_DIGITS = 32;

/** Before every day. */
const EVER = '0000-00-00';

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
  /** Labels that were taken: what was not known, or known otherwise. Of several for a row the file's last one counts. */
  accepted: number;
  positives: number;
  /** Labels that were not: repeated within the file, or known already. */
  duplicates: number;
}

/**
 * Takes labels that came after their predictions: JSON lines `{type:'feedback', id, row, label, time}` in one file
 * `<model>/feedback/date=<day>/<time>-<content hash>.jsonl`. All of a file is taken or nothing; what is known already is
 * not taken again, and a correction can be corrected back.
 * @throws what `readLabels` and `checkModelName` throw, and what the capture does
 */
export async function acceptFeedback(feedback: Feedback): Promise<FeedbackResult> {
  const { capture, model, labels, path, now, signal } = feedback;
  checkModelName(model);
  const records = await readLabels(path, labels, signal);
  const latest = [...new Map(records.map((record) => [`${record.row} ${record.id}`, record])).values()];
  const known = await readKnownLabels({ source: capture, model, since: EVER, signal });
  const news = latest.filter(({ id, row, label }) => known.get(id, row) !== label);
  if (news.length > 0) {
    const time = now();
    const part = `date=${dayOf(time.getTime())}/${compactTime(time)}-${contentHash(news)}.jsonl`;
    await capture.put(`${feedbackFolder(model)}${part}`, linesOf(news, time.toISOString()));
  }
  return {
    accepted: news.length,
    positives: news.reduce((sum, { label }) => sum + label, 0),
    duplicates: records.length - news.length,
  };
}

const contentHash = (records: LabelRecord[]): string =>
  sha256Of(JSON.stringify(records.map(({ id, row, label }) => [id, row, label]))).slice(0, HASH_DIGITS);

const linesOf = (records: LabelRecord[], time: string): string =>
  records.map(({ id, row, label }) => `${JSON.stringify({ type: 'feedback', id, row, label, time })}\n`).join('');
