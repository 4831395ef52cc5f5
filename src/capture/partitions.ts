import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { PipelineFailure } from '../contracts/failures.js';
import { MODEL_NAME } from '../contracts/limits.js';
import { DAY_MS, dayText, HOUR_MS } from '../contracts/text.js';
import { isGone, type Objects } from '../store/objects.js';

const PARTITION = /\/date=(\d{4}-\d{2}-\d{2})\/hour=(\d{2})\/[^/]+\.jsonl(\.gz)?$/;

/** A delivery stream partitions by arrival: a line may be in an hour beside its own. */
const SLACK_MS = HOUR_MS;

/** A stretch of time in milliseconds since the epoch, `to` excluded. */
export interface Span {
  from: number;
  to: number;
}

/** Whether a model's name can be a folder; definitions allow no other. */
export const isModelName = (name: string): boolean => MODEL_NAME.test(name);

/** @throws PipelineFailure `DefinitionInvalid` for a name that could lead to another folder */
export function checkModelName(name: string): void {
  if (isModelName(name)) return;
  throw new PipelineFailure(
    'DefinitionInvalid',
    'The model whose capture is wanted has a name other than lower-case letters, digits and hyphens; correct "model" in the definition.',
  );
}

/** A time for file names, which then sort as their times do: `20260102T030405006Z`. */
export const compactTime = (time: Date): string => time.toISOString().replace(/[-:.]/g, '');

/** Folder of a prediction made at `time` (milliseconds): `anemia/date=2026-01-02/hour=03`. */
export function partitionOf(model: string, time: number): string {
  const iso = new Date(time).toISOString();
  return `${model}/date=${iso.slice(0, 10)}/hour=${iso.slice(11, 13)}`;
}

/** Folder of the labels that were given for a model. */
export const feedbackFolder = (model: string): string => `${model}/feedback/`;

/** Folders of the hours, or of whole days, whose files may hold lines of `span`, oldest first. */
export function foldersOf(model: string, { from, to }: Span): string[] {
  const folders: string[] = [];
  const end = from < to ? to + SLACK_MS : -Infinity;
  for (let time = Math.floor((from - SLACK_MS) / HOUR_MS) * HOUR_MS; time < end;) {
    const isWholeDay = time % DAY_MS === 0 && time + DAY_MS <= end;
    folders.push(isWholeDay ? `${model}/date=${dayText(time)}/` : `${partitionOf(model, time)}/`);
    time += isWholeDay ? DAY_MS : HOUR_MS;
  }
  return folders;
}

/** The hour that a file of captured lines belongs to, like `2026-01-02T03`, which sorts by time; `null` for other files. */
export function hourOfPath(path: string): string | null {
  const match = PARTITION.exec(path);
  return match === null ? null : `${match[1]!}T${match[2]!}`;
}

/** The day that a file of captured lines or of labels belongs to, like `2026-01-02`; `null` for other files. */
export const dayOfPath = (path: string): string | null =>
  /^[a-z][a-z0-9-]*\/(?:feedback\/)?date=(\d{4}-\d{2}-\d{2})\//.exec(path)?.[1] ?? null;

/** How a file's hour lies to `span`: `within` when they overlap, `beside` when it may hold stragglers, otherwise `null`. */
export function placeOf(path: string, { from, to }: Span): 'within' | 'beside' | null {
  const [, day, hour] = PARTITION.exec(path) ?? [];
  const start = Date.parse(`${day ?? ''}T${hour ?? ''}:00:00Z`);
  const overlaps = (slack: number) => start < to + slack && start + HOUR_MS > from - slack;
  if (overlaps(0)) return 'within';
  return overlaps(SLACK_MS) ? 'beside' : null;
}

/** Where captured files are read from. Their keys are relative to the capture URI. */
export type CaptureSource = Pick<Objects, 'list' | 'open'>;

const LINE_FEED = 10;
const NEWLINE = Buffer.of(LINE_FEED);

/** A longer line is no record: our handler's are at most 200,000 characters and a head. */
const MAX_LINE_BYTES = 1 << 20;

/** Takes a line's bytes, `start` to `end` without the line break; another byte follows. */
type VisitLine = (bytes: Buffer, start: number, end: number) => void;

/** Splits bytes into lines, chunk by chunk, and tells of lines too long without keeping them. The last one needs no line break. */
async function forEachLine(
  chunks: AsyncIterable<Uint8Array>,
  visit: VisitLine,
  tooLong: () => void,
  signal?: AbortSignal,
): Promise<void> {
  let kept: Buffer[] = [];
  let keptBytes = 0;
  let skipping = false;

  /** Ends the line that was begun in earlier chunks. */
  const finish = (rest: Buffer): void => {
    if (skipping || keptBytes + rest.length > MAX_LINE_BYTES) tooLong();
    else if (keptBytes + rest.length > 0) {
      const line = Buffer.concat([...kept, rest, NEWLINE]);
      visit(line, 0, line.length - 1);
    }
    kept = [];
    keptBytes = 0;
    skipping = false;
  };

  for await (const chunk of chunks) {
    signal?.throwIfAborted();
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    let start = 0;
    for (;;) {
      const end = bytes.indexOf(LINE_FEED, start);
      if (end < 0) break;
      if (start === 0 && (keptBytes > 0 || skipping)) finish(bytes.subarray(0, end));
      else if (end - start > MAX_LINE_BYTES) tooLong();
      else if (end > start) visit(bytes, start, end);
      start = end + 1;
    }
    if (start === bytes.length || skipping) continue;
    keptBytes += bytes.length - start;
    if (keptBytes > MAX_LINE_BYTES) {
      skipping = true;
      kept = [];
    } else kept.push(Buffer.from(bytes.subarray(start))); // a source may use its chunk again
  }
  if (keptBytes > 0) finish(Buffer.alloc(0));
}

/**
 * Visits the lines of a captured file, as {@link forEachLine} does.
 * @returns false for one that is gone: it was removed after it was listed, as pruning does
 */
export async function readLines(
  source: CaptureSource,
  path: string,
  visit: VisitLine,
  { tooLong = () => undefined, signal }: { tooLong?: () => void; signal?: AbortSignal | undefined },
): Promise<boolean> {
  try {
    await forEachLine(unpacked(path, source.open(path)), visit, tooLong, signal);
    return true;
  } catch (error) {
    if (isGone(error)) return false;
    throw error;
  }
}

/** Stands for the rest of a file that cannot be unpacked: one line that is no record, and is counted as such. */
const DAMAGED = Buffer.from('\n(the rest of this file cannot be unpacked)\n');

/**
 * Bytes of a captured file, unpacked where its name ends in `.gz`, as delivery streams write them. What is damaged or cut
 * ends with a line that is no record.
 */
export async function* unpacked(path: string, bytes: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  if (!path.endsWith('.gz')) {
    yield* bytes;
    return;
  }
  const gunzip = createGunzip();
  // The pipeline ends both streams with the first error of either, which the loop below then meets.
  pipeline(Readable.from(bytes), gunzip, () => undefined);
  try {
    for await (const chunk of gunzip) yield chunk as Uint8Array;
  } catch (error) {
    if (!String((error as NodeJS.ErrnoException).code).startsWith('Z_')) throw error;
    yield DAMAGED;
  }
}
