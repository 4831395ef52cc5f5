import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import type { Objects } from '../store/objects.js';

/** Where captured files are read from. Their keys are relative to the capture URI. */
export type CaptureSource = Pick<Objects, 'list' | 'open'>;

const LINE_FEED = 10;
const NEWLINE = Buffer.of(LINE_FEED);

/** A longer line is no record: our handler's are at most 200,000 characters and a head. */
const MAX_LINE_BYTES = 1 << 20;

/** Takes a line's bytes, `start` to `end` without the line break; another byte follows. */
type VisitLine = (bytes: Buffer, start: number, end: number) => void;

/** Splits bytes into lines, chunk by chunk, and tells of lines too long without keeping them. The last one needs no line break. */
export async function forEachLine(
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
