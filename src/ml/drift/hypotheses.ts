import type { ColumnCounts, Hypothesis } from '../../contracts/monitoring.js';
import type { CategoryCounts } from './categories.js';
import { chiSquareHomogeneity } from './statistics/chi-square.js';
import { equalProportions } from './statistics/proportions.js';

/** Least difference of the shares of missing values that counts as drift. */
const MINIMUM_MISSING_DIFFERENCE = 0.05;
/** Least share of a window's rows outside the reference's range that counts as drift. */
const MINIMUM_SHARE_OUTSIDE = 0.01;

/** A hypothesis before error control has judged it together with all others of the window. */
function unjudged(about: Hypothesis['about'], p: number, effect: Hypothesis['effect']): Hypothesis {
  return { about, p, adjustedP: p, effect, drifted: false };
}

/** That numbers follow another distribution. */
export function numericDistribution(p: number, distance: number, minimum: number): Hypothesis {
  return unjudged('distribution', p, { name: 'normed Wasserstein distance', value: distance, minimum });
}

/** That categories have other shares: Fisher's exact or Z test of two, chi-square test of homogeneity of more. */
export function categoryDistribution(
  { reference, current }: CategoryCounts,
  distance: number,
  minimum: number,
): Hypothesis {
  const effect = { name: 'Jensen-Shannon distance', value: distance, minimum };
  return unjudged('distribution', categoriesP(reference, current), effect);
}

function categoriesP(reference: number[], current: number[]): number {
  if (reference.length < 2) return 1;
  if (reference.length > 2) return chiSquareHomogeneity(reference, current);
  const first = (counts: number[]) => ({ count: counts[0]!, rows: counts[0]! + counts[1]! });
  return equalProportions(first(reference), first(current));
}

/** That values are missing more or less often; none where no value is missing on either side, or a side has no rows. */
export function missingHypotheses(reference: ColumnCounts, current: ColumnCounts): Hypothesis[] {
  const before = { count: reference.missing, rows: reference.rows + reference.missing };
  const now = { count: current.missing, rows: current.rows + current.missing };
  if (before.rows === 0 || now.rows === 0 || before.count + now.count === 0) return [];
  return [
    unjudged('missing', equalProportions(before, now), {
      name: 'difference of missing shares',
      value: Math.abs(before.count / before.rows - now.count / now.rows),
      minimum: MINIMUM_MISSING_DIFFERENCE,
    }),
  ];
}

/** That values lie outside the reference's range more often than chance explains. */
export function rangeHypothesis(outside: {
  referenceRows: number;
  windowRows: number;
  below: number;
  above: number;
}): Hypothesis {
  return unjudged('range', rangeP(outside), {
    name: 'share of rows out of range',
    value: (outside.below + outside.above) / outside.windowRows,
    minimum: MINIMUM_SHARE_OUTSIDE,
  });
}

/** Below this no product of probabilities matters any more. */
const NEGLIGIBLE = 1e-300;

/**
 * P(at least k of m new rows lie above all n of the reference) when all n + m are exchangeable and have no ties: the k
 * greatest are all new, Π_{i<k} (m - i) / (n + m - i). With ties, an upper bound.
 */
function exceedanceP(n: number, m: number, k: number): number {
  let p = 1;
  for (let i = 0; i < k && p > NEGLIGIBLE; i++) p *= (m - i) / (n + m - i);
  return p > NEGLIGIBLE ? p : 0;
}

/**
 * Whether more rows of a window lie outside the reference's range than chance explains: the smaller of both sides'
 * probabilities, doubled for having looked at two.
 * @param referenceRows at least 1; @param below, above rows of the window beyond the reference's least and greatest
 * @returns p
 */
export function rangeP({
  referenceRows,
  windowRows,
  below,
  above,
}: {
  referenceRows: number;
  windowRows: number;
  below: number;
  above: number;
}): number {
  const p = (exceeding: number): number => exceedanceP(referenceRows, windowRows, exceeding);
  return Math.min(1, 2 * Math.min(p(below), p(above)));
}
