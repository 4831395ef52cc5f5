/** Position of the first of ascending numbers that is at least `value`; their count when all are less. */
export function firstAtLeast(ascending: Float64Array, value: number): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ascending[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Percentile of ascending values, interpolated linearly between neighbours (Hyndman & Fan type 7). */
export function percentile(sorted: Float64Array, share: number): number {
  const position = share * (sorted.length - 1);
  const below = Math.floor(position);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below]! + (position - below) * (sorted[above]! - sorted[below]!);
}

/** A double is fixed by this many significant decimal digits. */
const MAX_DIGITS = 17;

/** A threshold keeps this share of the gap clear on either side: in the middle it is right for the most new rows. */
const CLEAR_SHARE = 0.25;

/**
 * A split threshold that is short to write: of the decimals in the middle half of the gap between `lo` and `hi`, one
 * with the fewest significant digits, and of those the nearest to the middle. `x <= t` then separates `lo` from `hi`.
 * @throws RangeError unless lo < hi, both finite
 */
export function shortestBetween(lo: number, hi: number): number {
  if (!(lo < hi) || !Number.isFinite(lo) || !Number.isFinite(hi)) {
    throw new RangeError('a threshold needs two different finite values in ascending order');
  }
  const gap = hi - lo;
  const [first, last] = [lo + CLEAR_SHARE * gap, hi - CLEAR_SHARE * gap];
  if (first <= 0 && last >= 0 && hi > 0) return 0;
  const middle = lo / 2 + hi / 2;
  for (let digits = 1; digits < MAX_DIGITS; digits++) {
    const rounded = Number(middle.toPrecision(digits));
    if (first <= rounded && rounded <= last && rounded < hi) return rounded;
  }
  return lo; // neighbouring doubles have nothing between them
}

const value = new Float64Array(1);
const bits = new BigInt64Array(value.buffer);

/** The greatest double below a finite `v`, so that `x < v` and `x <= nextBelow(v)` are the same test. */
export function nextBelow(v: number): number {
  if (v === 0) return -Number.MIN_VALUE;
  value[0] = v;
  bits[0] = bits[0]! + (v > 0 ? -1n : 1n);
  return value[0];
}
