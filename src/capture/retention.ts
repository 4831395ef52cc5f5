import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { dayText } from '../contracts/text.js';
import { PipelineFailure } from '../contracts/failures.js';
import type { Objects } from '../store/objects.js';
import { dayOfPath, feedbackFolder, isModelName } from './partitions.js';

const LINE_FEED = 10;

const unpacked = promisify(gunzip);
const pack = promisify(gzip);

/** Others write a captured file four times a second at most. */
const MOST_TRIES = 20;

/** What was taken out of the capture of a model. */
export interface Forgotten {
  model: string;
  /** Captured lines of the request: its inputs, or why it was refused. A large batch has several. */
  lines: number;
  labels: number;
}

/** Models of which anything is captured, with the paths of their files. */
export async function capturedFiles(capture: Objects): Promise<Map<string, string[]>> {
  const files = new Map<string, string[]>();
  for (const path of await capture.list('')) {
    const [model = ''] = path.split('/');
    if (!isModelName(model)) continue;
    const known = files.get(model);
    if (known === undefined) files.set(model, [path]);
    else known.push(path);
  }
  return files;
}

/**
 * Takes everything that is captured of a prediction out of the files, whichever model made it: its lines, and the labels
 * that were given for it. Lines that hold the id in any other place go too, torn ones among them.
 * @param id see `predictionIdOf`
 * @param record is told of each model that knew it once that is done, and of what was taken out when a failure ends it
 * @returns what `record` was told
 */
export async function forgetPrediction(
  capture: Objects,
  id: string,
  record: (forgotten: Forgotten) => Promise<void>,
): Promise<Forgotten[]> {
  const reported: Forgotten[] = [];
  const matches = (line: Buffer) => line.includes(id);
  for (const [model, paths] of await capturedFiles(capture)) {
    const forgotten = { model, lines: 0, labels: 0 };
    try {
      for (const path of paths)
        forgotten[path.startsWith(feedbackFolder(model)) ? 'labels' : 'lines'] += await eraseLines(
          capture,
          path,
          matches,
        );
    } finally {
      if (forgotten.lines + forgotten.labels > 0) {
        reported.push(forgotten);
        await record(forgotten);
      }
    }
  }
  return reported;
}

/**
 * Removes captured lines and labels of whole days that ended before a time.
 * @returns how many files
 */
export async function pruneCapture(capture: Objects, before: Date): Promise<number> {
  const firstKept = dayText(before.getTime());
  let removed = 0;
  for (const path of await capture.list('')) {
    const day = dayOfPath(path);
    if (day === null || day >= firstKept) continue;
    await capture.delete(path);
    removed++;
  }
  return removed;
}

/**
 * Takes the lines that match out of a file, while others may add to it, and leaves the rest.
 * @returns how many there were; none of a file that was removed since it was listed
 * @throws PipelineFailure `StorageUnusable` when others are always faster, and for a packed file that is damaged
 */
export async function eraseLines(capture: Objects, path: string, matches: (line: Buffer) => boolean): Promise<number> {
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    const found = await capture.get(path);
    if (found === null) return 0;
    const { bytes, erased } = await withoutLines(Buffer.from(found.bytes), path, matches);
    if (erased === 0 || (await capture.put(path, bytes, { whenTag: found.tag })) !== null) return erased;
  }
  throw new PipelineFailure(
    'StorageUnusable',
    `Captured file ${path} is written by others again and again, ${MOST_TRIES} times in a row; run the command again.`,
  );
}

/** Where a line lies in its bytes, without its line break. */
interface Stretch {
  start: number;
  end: number;
}

/** The lines that match, in order. */
function linesIn(bytes: Buffer, matches: (line: Buffer) => boolean): Stretch[] {
  const found: Stretch[] = [];
  for (let start = 0; start < bytes.length;) {
    const at = bytes.indexOf(LINE_FEED, start);
    const end = at < 0 ? bytes.length : at;
    if (matches(bytes.subarray(start, end))) found.push({ start, end });
    start = end + 1;
  }
  return found;
}

/** A whole file without the lines that match, packed as it was by its name, and how many there were. */
async function withoutLines(
  file: Buffer,
  path: string,
  matches: (line: Buffer) => boolean,
): Promise<{ bytes: Buffer; erased: number }> {
  const isPacked = path.endsWith('.gz');
  const bytes = isPacked ? await unpack(file, path) : file;
  const found = linesIn(bytes, matches);
  const kept: Buffer[] = [];
  let from = 0;
  for (const { start, end } of found) {
    kept.push(bytes.subarray(from, start));
    from = end + 1;
  }
  const rest = Buffer.concat([...kept, bytes.subarray(from)]);
  return { bytes: isPacked ? await pack(rest) : rest, erased: found.length };
}

async function unpack(file: Buffer, path: string): Promise<Buffer> {
  try {
    return await unpacked(file);
  } catch (cause) {
    throw new PipelineFailure(
      'StorageUnusable',
      `Captured file ${path} cannot be unpacked, so nobody can say what it holds: restore it from a backup or delete it, then run the command again.`,
      { cause },
    );
  }
}
