import { basename } from 'node:path';
import { dayText } from '../contracts/text.js';
import { dataFault } from '../data/data-fault.js';
import { sha256Of } from '../store/files.js';
import { CapturedLine, RowBuffer } from './prediction-line.js';
import { type LabelRecord, readLabels, refusedLines, type Spellings } from './feedback-csv.js';
import { readKnownLabels } from './known-labels.js';
import {
  checkModelName,
  compactTime,
  feedbackFolder,
  hourOfPath,
  type CaptureSource,
  readLines,
} from './partitions.js';
import type { Objects } from '../store/objects.js';

/** Digits of the content's hash in the name of a part. */
const HASH_DIGITS = 32;

/** Before every day. */
const EVER = '0000-00-00';

interface Feedback {
  capture: Objects;
  model: string;
  /** How the definition spells labels and calls the classes. */
  target: Spellings;
  /** CSV file, see `readLabels`. */
  path: string;
  now: () => Date;
  signal?: AbortSignal;
}

/** What became of the labels of a file. */
export interface FeedbackResult {
  /** Labels that were taken: what was not known, or known otherwise. Of several for a row the file's last one counts. */
  accepted: number;
  positives: number;
  /** Labels that were not: repeated within the file, or known already. */
  duplicates: number;
  /** Labels that were not because a later one of the file says otherwise of the row. */
  contradicted: number;
  /** Labels that name no captured prediction of the model, or a row beyond those of its request. */
  unmatched: number;
  /** Lines whose label is not known yet. */
  blanks: number;
}

/**
 * Takes labels that came after their predictions: JSON lines `{type:'feedback', id, row, label, time}` in one file
 * `<model>/feedback/date=<day>/<time>-<content hash>.jsonl`. What belongs to no captured prediction is counted and not
 * kept; what is known already is not taken again, and a correction can be corrected back.
 * @throws PipelineFailure `DataContract` for a label of a batch that does not say of which row, and when no label belongs
 * to a prediction; what `readLabels` and `checkModelName` throw, and what the capture does
 */
export async function acceptFeedback(feedback: Feedback): Promise<FeedbackResult> {
  const { capture, model, target, path, now, signal } = feedback;
  checkModelName(model);
  const { records, blanks } = await readLabels(path, target, signal);
  const ids = new Set(records.map(({ id }) => id));
  const rows = await rowsOfRequests({ source: capture, model, ids, signal });
  const matched = matching(records, rows, basename(path));
  const unmatched = records.length - matched.length;
  if (unmatched > 0 && matched.length === 0)
    throw dataFault(
      basename(path),
      `none of its ${unmatched} labels belongs to a captured prediction of ${model}; give the ids that the answers had, and wait some minutes for predictions that were made just now`,
    );
  const last = new Map(matched.map((label) => [keyOf(label), label]));
  const contradicted = matched.filter((label) => last.get(keyOf(label))?.label !== label.label).length;
  const latest = [...last.values()];
  const known = await readKnownLabels({ source: capture, model, since: EVER, signal });
  const news = latest.filter(({ id, row, label }) => known.get(id, row) !== label);
  if (news.length > 0) {
    const time = now();
    const part = `date=${dayText(time.getTime())}/${compactTime(time)}-${contentHash(news)}.jsonl`;
    await capture.put(`${feedbackFolder(model)}${part}`, Buffer.from(linesOf(news, time.toISOString())), 'always');
  }
  return {
    accepted: news.length,
    positives: news.reduce((sum, { label }) => sum + label, 0),
    duplicates: matched.length - news.length - contradicted,
    contradicted,
    unmatched,
    blanks,
  };
}

/** A label with the row that it is of. */
type RowLabel = Pick<LabelRecord, 'id' | 'label'> & { row: number };

const keyOf = ({ id, row }: RowLabel): string => `${row} ${id}`;

/**
 * Labels of rows that were predicted.
 * @throws DataContract for one of several rows that does not say which, and for rows that are counted from 1
 */
function matching(records: LabelRecord[], rows: ReadonlyMap<string, number>, place: string): RowLabel[] {
  const rowsOf = ({ id }: LabelRecord) => rows.get(id) ?? 0;
  const ofFirstRow = new Set(records.filter(({ row }) => row === null || row === 0).map(({ id }) => id));
  const withoutRow = records.filter((label) => label.row === null && rowsOf(label) > 1);
  if (withoutRow.length > 0)
    throw refusedLines(
      place,
      `line ${withoutRow[0]!.line} does not say of which of the ${rowsOf(withoutRow[0]!)} rows of its request the label is; add a column row with the index in the request, from 0 on`,
      withoutRow.length,
    );
  const fromOne = records.filter((label) => label.row === rowsOf(label) && label.row > 0 && !ofFirstRow.has(label.id));
  if (fromOne.length > 0)
    throw refusedLines(
      place,
      `line ${fromOne[0]!.line} gives the last row of its request as row ${fromOne[0]!.row}, and no line gives its row 0; count the rows of a request from 0 on`,
      fromOne.length,
    );
  return records.flatMap((label) => {
    const row = label.row ?? 0;
    return row < rowsOf(label) ? [{ id: label.id, label: label.label, row }] : [];
  });
}

const contentHash = (labels: RowLabel[]): string =>
  sha256Of(JSON.stringify(labels.map(({ id, row, label }) => [id, row, label]))).slice(0, HASH_DIGITS);

const linesOf = (labels: RowLabel[], time: string): string =>
  labels.map(({ id, row, label }) => `${JSON.stringify({ type: 'feedback', id, row, label, time })}\n`).join('');

/**
 * How many rows the answered requests of these ids had, of those that are captured for a model. Newest hours are read
 * first, and one more behind the last id that was found, since lines of one request may lie on both sides of an hour.
 * Requests of our own are none.
 */
async function rowsOfRequests(query: {
  source: CaptureSource;
  model: string;
  ids: ReadonlySet<string>;
  signal?: AbortSignal | undefined;
}): Promise<Map<string, number>> {
  const { source, model, ids, signal } = query;
  const rows = new Map<string, number>();
  const buffer = new RowBuffer([]);
  const take = (bytes: Buffer, start: number, end: number): void => {
    const line = new CapturedLine(bytes, start, end);
    const { head } = line;
    if (head === null || head.own || head.type !== 'prediction' || head.model !== model || !ids.has(head.id)) return;
    const read = line.readInto(buffer);
    if (read !== null) rows.set(head.id, Math.max(rows.get(head.id) ?? 0, head.offset + read.count));
  };
  let complete = false;
  for (const paths of newestHours(await source.list(`${model}/`))) {
    for (const path of paths) await readLines(source, path, take, { signal });
    if (complete) break;
    complete = rows.size === ids.size;
  }
  return rows;
}

/** Paths of captured lines, hour by hour, the latest first. */
function newestHours(paths: string[]): string[][] {
  const hours = new Map<string, string[]>();
  for (const path of paths) {
    const hour = hourOfPath(path);
    if (hour === null) continue;
    const known = hours.get(hour);
    if (known === undefined) hours.set(hour, [path]);
    else known.push(path);
  }
  return [...hours].sort(([a], [b]) => (a < b ? 1 : -1)).map(([, files]) => files);
}
