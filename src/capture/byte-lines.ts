const LINE_FEED = 10;
const NEWLINE = Buffer.of(LINE_FEED);

/** A longer line is no record: our handler's are at most 200,000 characters and a head. */
export const MAX_LINE_BYTES = 1 << 20;

/** Takes a line's bytes, `start` to `end` without the line break; another byte follows. */
export type VisitLine = (bytes: Buffer, start: number, end: number) => void;

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
