import type { TimeWindow } from '../contracts/monitoring.js';
import { forEachLine } from './byte-lines.js';
import { CapturedLine } from './captured-line.js';
import { checkModelName, foldersOf, placeOf, type Span } from './partitions.js';
import type { LineHead } from './prediction-line.js';
import { Seen } from './seen.js';
import type { CaptureSource } from './source.js';
import { unpacked } from './unpack.js';

/** Which lines are wanted: those of a model, all of its versions, with `from <= time < to`. */
export interface WindowQuery {
  source: CaptureSource;
  model: string;
  window: TimeWindow;
  signal?: AbortSignal | undefined;
}

/** Takes a line of the window; false when what follows its head proves broken. */
export type VisitRecord = (line: CapturedLine, head: LineHead) => boolean;

/**
 * Visits the lines of a window, in the order of paths and lines. Lines of our own requests are left out, and lines that
 * were delivered again. Answers how many lines are no record of a request; one whose time cannot be read counts
 * in the hour of its file.
 * @param visitRefusal takes those of refused requests, which are passed over otherwise
 * @throws PipelineFailure `DefinitionInvalid` for a name that is no model's, Error for a window that is none
 */
export async function forEachRecord(
  query: WindowQuery,
  visit: VisitRecord,
  visitRefusal: VisitRecord = () => true,
): Promise<{ brokenLines: number }> {
  const { source, model, signal } = query;
  checkModelName(model);
  const span = spanOf(query.window);
  const seenOf = new Map<string, Seen>();
  let brokenLines = 0;

  const take = (line: CapturedLine, place: 'within' | 'beside'): void => {
    const { head } = line;
    if (head === null) {
      if (place === 'within') brokenLines++;
      return;
    }
    if (head.own || head.model !== model || head.time < span.from || head.time >= span.to) return;
    const seen = seenOf.get(head.sha256) ?? new Seen();
    seenOf.set(head.sha256, seen);
    if (seen.has(head.id, head.offset)) return;
    // A torn copy must not hide the whole one that was delivered again.
    if ((head.type === 'refusal' ? visitRefusal : visit)(line, head)) seen.add();
    else brokenLines++;
  };

  for (const folder of foldersOf(model, span))
    for (const path of await source.list(folder)) {
      const place = placeOf(path, span);
      if (place === null) continue;
      const tooLong = () => {
        if (place === 'within') brokenLines++;
      };
      const lines = (bytes: Buffer, start: number, end: number) => {
        if (!isBlank(bytes, start, end)) take(new CapturedLine(bytes, start, end), place);
      };
      await forEachLine(unpacked(path, source.open(path)), lines, tooLong, signal);
    }
  return { brokenLines };
}

function spanOf({ from, to }: TimeWindow): Span {
  const span = { from: Date.parse(from), to: Date.parse(to) };
  if (Number.isNaN(span.from) || Number.isNaN(span.to))
    throw new Error('The window has a time that is not ISO 8601; give one like 2026-01-02T03:00:00Z.');
  return span;
}

const BLANKS = new Set([9, 13, 32]);

function isBlank(bytes: Buffer, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if (!BLANKS.has(bytes[at]!)) return false;
  return true;
}
