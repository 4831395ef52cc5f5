import { forEachLine } from './byte-lines.js';
import { CapturedLine } from './captured-line.js';
import { hourOfPath } from './partitions.js';
import { RowBuffer } from './row-buffer.js';
import type { CaptureSource } from './source.js';
import { unpacked } from './unpack.js';

/**
 * How many rows the answered requests of these ids had, of those that are captured for a model. Newest hours are read
 * first, and one more behind the last id that was found, since lines of one request may lie on both sides of an hour.
 * Requests of our own are none.
 */
export async function rowsOfRequests(query: {
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
    for (const path of paths) await forEachLine(unpacked(path, source.open(path)), take, () => undefined, signal);
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
