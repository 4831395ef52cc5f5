import type { Cells } from './cells.js';
import type { Tally } from './tally.js';

/** One region between the reference's ends: F is the reference's cumulative share, G the window's. */
export interface Stretch {
  region: number;
  start: number;
  width: number;
  /** F - G just before the region, and with all of it. */
  before: number;
  after: number;
  /** Rows of the reference and of the window in it, as shares. */
  referenceShare: number;
  windowShare: number;
  /** Integral of F - G over it, with its sign. */
  signed: number;
}

/** Walks the regions between the ends of the reference, ascending. Both sides have rows. */
export function forEachStretch(cells: Cells, tally: Tally, visit: (stretch: Stretch) => void): void {
  const { rows: n, lows, highs } = cells;
  const { rows: m, counts, offsets } = tally;
  let below = 0;
  let windowBelow = counts[0]!;
  for (let region = 1; region < counts.length - 1; region++) {
    const cell = region >> 1;
    const inside = region % 2 === 1;
    const start = inside ? lows[cell]! : highs[cell - 1]!;
    const width = (inside ? highs[cell]! : lows[cell]!) - start;
    const count = inside ? cells.counts[cell]! : 0;
    const windowCount = counts[region]!;
    const before = below / n - windowBelow / m;
    const gained = inside ? (count * (width - cells.offsets[cell]!)) / n : 0;
    const signed = before * width + gained - (windowCount * width - offsets[region]!) / m;
    below += count;
    windowBelow += windowCount;
    const shares = { referenceShare: count / n, windowShare: windowCount / m };
    visit({ region, start, width, before, after: below / n - windowBelow / m, ...shares, signed });
  }
}
