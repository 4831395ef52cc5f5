import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';

const LINE_FEED = 10;

const unpack = promisify(gunzip);
const pack = promisify(gzip);

/** Where a line lies in its bytes, without its line break. */
interface Stretch {
  start: number;
  end: number;
}

/** The lines that match, in order. */
export function linesIn(bytes: Buffer, matches: (line: Buffer) => boolean): Stretch[] {
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
export async function withoutLines(
  file: Buffer,
  path: string,
  matches: (line: Buffer) => boolean,
): Promise<{ bytes: Buffer; erased: number }> {
  const isPacked = path.endsWith('.gz');
  const bytes = isPacked ? await unpack(file) : file;
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
