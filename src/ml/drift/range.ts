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
