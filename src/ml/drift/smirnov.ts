function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}

/**
 * P(D >= d) for the two-sample Kolmogorov-Smirnov statistic under exchangeability without ties: the share of lattice
 * paths from (0, 0) to (n, m) that somewhere reach |x/n - y/m| >= d. Counted from the paths that do, not from those that
 * do not, so small probabilities keep their digits (Viehmann 2021, arXiv 2102.08037). Time grows with n * m * d.
 * @param n, m rows of the samples, at least 1
 * @param d a multiple of 1/lcm(n, m), up to rounding
 */
export function smirnovTail(n: number, m: number, d: number): number {
  const divisor = greatestCommonDivisor(n, m);
  const stepX = m / divisor;
  const stepY = n / divisor;
  // On the scale of 1/lcm(n, m), where all differences are whole.
  const bound = Math.round(d * n * stepX);
  if (bound === 0) return 1;
  // reached[y]: share of the paths to (x, y) that have reached the bound; 1 outside the band.
  const reached = new Float64Array(m + 1).fill(1);
  let before = 0;
  for (let x = 0; x <= n; x++) {
    const low = Math.max(0, Math.floor((x * stepX - bound) / stepY) + 1);
    const high = Math.min(m, Math.ceil((x * stepX + bound) / stepY) - 1);
    reached.fill(1, before, low);
    before = Math.min(low, m + 1);
    for (let y = low; y <= high; y++) {
      const fromLeft = x === 0 ? 0 : x * reached[y]!;
      const fromBelow = y === 0 ? 0 : y * reached[y - 1]!;
      reached[y] = x + y === 0 ? 0 : (fromLeft + fromBelow) / (x + y);
    }
  }
  return Math.min(1, reached[m]!);
}
