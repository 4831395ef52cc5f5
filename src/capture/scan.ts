import type { TimeWindow } from '../contracts/values.js';
import { CapturedLine, type LineHead } from './prediction-line.js';
import { checkModelName, foldersOf, placeOf, readLines, type Span, type CaptureSource } from './partitions.js';

/** Which lines are wanted: those of a model, all of its versions, with `from <= time < to`. */
export interface WindowQuery {
  source: CaptureSource;
  model: string;
  window: TimeWindow;
  signal?: AbortSignal | undefined;
}

/** Takes a line of the window; false when what follows its head proves broken. */
type VisitRecord = (line: CapturedLine, head: LineHead) => boolean;

/**
 * Visits the lines of a window, in the order of paths and lines. Lines of our own requests are left out, and lines that
 * were delivered again. Answers how many lines are no record of a request, of which one whose time cannot be read counts
 * in the hour of its file, and how many files were removed after they were listed.
 * @param visitRefusal takes those of refused requests, which are passed over otherwise
 * @throws PipelineFailure `DefinitionInvalid` for a name that is no model's, Error for a window that is none
 */
export async function forEachRecord(
  query: WindowQuery,
  visit: VisitRecord,
  visitRefusal: VisitRecord = () => true,
): Promise<{ brokenLines: number; goneFiles: number }> {
  const { source, model, signal } = query;
  checkModelName(model);
  const span = spanOf(query.window);
  const seenOf = new Map<string, Seen>();
  let brokenLines = 0;
  let goneFiles = 0;

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
      if (!(await readLines(source, path, lines, { tooLong, signal }))) goneFiles++;
    }
  return { brokenLines, goneFiles };
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

const FIRST_SLOTS = 1 << 12;
/** Fuller than this the search for a free slot gets long. */
const MAX_LOAD = 0.7;

/**
 * Remembers texts with a number by 64 bits of hash, 12 to 23 bytes a pair. Among 10,000,000 pairs two share a hash, and the
 * second is taken for known, with a probability of about 3 in 1,000,000. Hash: cyrb53 with all its 64 bits (bryc, public domain).
 */
class Seen {
  private slots = new Uint32Array(FIRST_SLOTS * 2);
  private used = 0;
  /** The pair asked for last: its hash, and where it is or would be. */
  private high = 0;
  private low = 0;
  private slot = 0;

  has(text: string, number: number): boolean {
    this.hash(text, number);
    this.slot = slotOf(this.slots, this.high, this.low);
    return this.slots[this.slot + 1] !== 0;
  }

  /** Adds the pair that `has` was asked for last. */
  add(): void {
    if (this.slots[this.slot + 1] !== 0) return;
    this.slots[this.slot] = this.high;
    this.slots[this.slot + 1] = this.low;
    this.used++;
    if (this.used * 2 > this.slots.length * MAX_LOAD) this.grow();
  }

  private hash(text: string, number: number): void {
    let h1 = 0xdeadbeef ^ number;
    let h2 = Math.imul(0x41c6ce57 ^ number, 2_246_822_507);
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      h1 = Math.imul(h1 ^ code, 2_654_435_761);
      h2 = Math.imul(h2 ^ code, 1_597_334_677);
    }
    h1 = Math.imul(h1 ^ (h1 >>> 16), 2_246_822_507) ^ Math.imul(h2 ^ (h2 >>> 13), 3_266_489_909);
    h2 = Math.imul(h2 ^ (h2 >>> 16), 2_246_822_507) ^ Math.imul(h1 ^ (h1 >>> 13), 3_266_489_909);
    this.high = h2 >>> 0;
    this.low = h1 >>> 0 || 1; // 0 would be a free slot
  }

  private grow(): void {
    const wider = new Uint32Array(this.slots.length * 2);
    for (let i = 0; i < this.slots.length; i += 2) {
      const low = this.slots[i + 1]!;
      if (low !== 0) wider.set([this.slots[i]!, low], slotOf(wider, this.slots[i]!, low));
    }
    this.slots = wider;
  }
}

/** Where a hash is, or the free slot for it, by linear probing. A slot is a pair of words, free while its second is 0. */
function slotOf(slots: Uint32Array, high: number, low: number): number {
  const mask = slots.length - 1;
  for (let at = (low << 1) & mask; ; at = (at + 2) & mask)
    if (slots[at + 1] === 0 || (slots[at] === high && slots[at + 1] === low)) return at;
}
