/** From here on the continued fraction converges faster than the series. */
const FRACTION_FROM = 2;
/** Levels of the continued fraction; at `FRACTION_FROM` 60 give full precision, and fewer beyond. */
const LEVELS = 80;

/** 2/sqrt(pi) e^-x² (x + 2x³/3 + 4x⁵/15 + ...): all terms have one sign (DLMF 7.6.2). */
function erfSeries(x: number): number {
  let term = x;
  let sum = x;
  for (let n = 1; term > sum * 1e-17; n++) {
    term *= (2 * x * x) / (2 * n + 1);
    sum += term;
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
}

/** e^-x² / sqrt(pi) / (x + (1/2)/(x + 1/(x + (3/2)/(x + ...)))) (DLMF 7.9.1). */
function erfcFraction(x: number): number {
  let denominator = x;
  for (let level = LEVELS; level >= 1; level--) denominator = x + level / 2 / denominator;
  return Math.exp(-x * x) / Math.sqrt(Math.PI) / denominator;
}

/**
 * Complementary error function, for x >= 0: twice the normal distribution's tail beyond x * sqrt(2). Relative precision
 * is 1e-12 or better down to the least normal double, where 1 - erf(x) would have lost every digit.
 */
export function erfc(x: number): number {
  return x < FRACTION_FROM ? 1 - (x === 0 ? 0 : erfSeries(x)) : erfcFraction(x);
}

/** Probability that a standard normal variable is at least as far from 0 as z. */
export function normalTails(z: number): number {
  return erfc(Math.abs(z) / Math.SQRT2);
}

/**
 * Probability that a chi-square variable is at least x: the regularised incomplete gamma function Q(k/2, x/2), by
 * Q(a + 1, y) = Q(a, y) + y^a e^-y / Γ(a + 1) from Q(1/2, y) = erfc(sqrt(y)) or Q(1, y) = e^-y (DLMF 8.8.6). No term is
 * negative, so the tail keeps its digits.
 * @param degreesOfFreedom whole, at least 1
 */
export function chiSquareTail(x: number, degreesOfFreedom: number): number {
  if (x === Infinity) return 0;
  const y = x / 2;
  const odd = degreesOfFreedom % 2 === 1;
  let tail = odd ? erfc(Math.sqrt(y)) : Math.exp(-y);
  let term = odd ? Math.exp(-y) * Math.sqrt(y / Math.PI) * 2 : Math.exp(-y) * y;
  for (let a = odd ? 1.5 : 2; a <= degreesOfFreedom / 2; a++) {
    tail += term;
    term *= y / a;
  }
  return Math.min(1, tail);
}

/** From so many rows on the one-sided distribution is its limit with a correction, else a sum of n terms. */
const LIMIT_FROM_ROWS = 100_000;
/** Where exact matrices end and the expansion, exact to about 1e-7 there, begins (Simard & L'Ecuyer 2011, section 4). */
const EXACT_UP_TO_ROWS = 140;
const MATRIX_POWER = 1.4;
/** n d² from which twice the one-sided tail is the two-sided one, with an error that does not show in a double or below 1e-6. */
const ONE_SIDED_FROM = { exact: 4, expansion: 2.2 };

/**
 * P(D+ >= d), one-sided, n rows: d Σ_j C(n, j) (d + j/n)^(j-1) (1 - d - j/n)^(n-j) (Birnbaum & Tingey 1951); for many
 * rows exp(-(6 n d + 1)² / (18 n)), whose relative error is of order 1/n.
 */
function oneSidedTail(n: number, d: number): number {
  if (n > LIMIT_FROM_ROWS) return Math.exp(-((6 * n * d + 1) ** 2) / (18 * n));
  const last = Math.floor(n * (1 - d));
  let logChoose = 0;
  let sum = 0;
  for (let j = 0; j <= last; j++) {
    const left = 1 - d - j / n;
    if (left > 0) sum += Math.exp(logChoose + (j - 1) * Math.log(d + j / n) + (n - j) * Math.log(left));
    logChoose += Math.log((n - j) / (j + 1));
  }
  return d * sum;
}

/** Square matrices by rows. */
function multiply(a: Float64Array, b: Float64Array, size: number): Float64Array {
  const product = new Float64Array(size * size);
  for (let i = 0; i < size; i++) {
    for (let k = 0; k < size; k++) {
      const factor = a[i * size + k]!;
      if (factor === 0) continue;
      for (let j = 0; j < size; j++) product[i * size + j]! += factor * b[k * size + j]!;
    }
  }
  return product;
}

/** Durbin's matrix for n d = k - h: element k of its n-th power, times n!/n^n, is P(D < d) (Marsaglia, Tsang & Wang 2003). */
function durbinMatrix(k: number, h: number): Float64Array {
  const size = 2 * k - 1;
  const factorial = new Float64Array(size + 1).fill(1);
  for (let i = 1; i <= size; i++) factorial[i] = factorial[i - 1]! * i;
  const matrix = new Float64Array(size * size);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= Math.min(size - 1, i + 1); j++) matrix[i * size + j] = 1 / factorial[i - j + 1]!;
  }
  for (let i = 0; i < size; i++) {
    const missing = h ** (i + 1) / factorial[i + 1]!;
    matrix[i * size]! -= missing;
    matrix[(size - 1) * size + size - 1 - i]! -= missing;
  }
  if (h > 0.5) matrix[(size - 1) * size]! += (2 * h - 1) ** size / factorial[size]!;
  return matrix;
}

/** P(D < d) by Durbin's matrix, exact; the cost is (n d)³ log n. Logarithms keep the scale of the powers. */
function matrixDistribution(n: number, d: number): number {
  const k = Math.ceil(n * d);
  const size = 2 * k - 1;
  const middle = (k - 1) * size + k - 1;
  let base = durbinMatrix(k, k - n * d);
  let baseLog = 0;
  let power: Float64Array | null = null;
  let powerLog = 0;
  for (let left = n; left > 0; left >>= 1) {
    if (left & 1) {
      power = power === null ? base : multiply(power, base, size);
      powerLog += baseLog;
      const scale = power[middle]!;
      power = power.map((value) => value / scale);
      powerLog += Math.log(scale);
    }
    base = multiply(base, base, size);
    const scale = base[middle]!;
    base = base.map((value) => value / scale);
    baseLog = 2 * baseLog + Math.log(scale);
  }
  for (let i = 1; i <= n; i++) powerLog += Math.log(i / n);
  return Math.exp(powerLog);
}

/** P(D < d) for many rows: Kolmogorov's limit with three correction terms (Pelz & Good 1976). */
function pelzGood(n: number, d: number): number {
  const z = Math.sqrt(n) * d;
  const pi2 = Math.PI ** 2;
  const z2 = z * z;
  const sums = [0, 0, 0, 0];
  const terms = Math.ceil((16 * z) / Math.PI);
  for (let k = 1; k <= terms; k++) {
    const odd = ((2 * k - 1) * Math.PI) ** 2 / 4;
    const weight = Math.exp(-odd / (2 * z2));
    sums[0]! += weight;
    sums[1]! += weight * (odd - z2);
    sums[2]! += weight * (6 * z2 ** 3 + 2 * z2 ** 2 + (2 * z2 ** 2 - 5 * z2) * odd + (1 - 2 * z2) * odd ** 2);
    sums[3]! +=
      weight *
      (-30 * z2 ** 3 -
        90 * z2 ** 4 +
        (135 * z2 ** 2 - 96 * z2 ** 3) * odd +
        (212 * z2 ** 2 - 60 * z2) * odd ** 2 +
        (5 - 30 * z2) * odd ** 3);
  }
  let second = 0;
  let third = 0;
  for (let k = 1; k <= terms; k++) {
    const square = pi2 * k * k;
    const weight = square * Math.exp(-square / (2 * z2));
    second += weight;
    third += weight * (3 * z2 - square);
  }
  const root = Math.sqrt(2 * Math.PI);
  const k0 = (root * sums[0]!) / z;
  const k1 = (root * sums[1]!) / (6 * z2 ** 2);
  const k2 = root * (sums[2]! / (72 * z ** 7) - second / (36 * z ** 3));
  const k3 = root * (sums[3]! / (6480 * z ** 10) + third / (216 * z ** 6));
  return k0 + k1 / Math.sqrt(n) + k2 / n + k3 / n ** 1.5;
}

/**
 * P(D >= d) for the two-sided one-sample Kolmogorov-Smirnov statistic of n rows, chosen among an exact matrix, an
 * expansion and twice the one-sided tail as in Simard & L'Ecuyer 2011, Computing the Two-Sided Kolmogorov-Smirnov
 * Distribution; equal to scipy's `kstwo.sf` within 1e-7.
 * @param n at least 1; @param d in [0, 1]
 */
export function kolmogorovTail(n: number, d: number): number {
  if (d >= 1) return 0;
  if (n * d <= 0.5) return 1;
  const square = n * d * d;
  const few = n <= EXACT_UP_TO_ROWS;
  if (d >= 0.5 || square >= (few ? ONE_SIDED_FROM.exact : ONE_SIDED_FROM.expansion)) {
    return Math.min(1, 2 * oneSidedTail(n, d));
  }
  const below = few || n * d ** 1.5 <= MATRIX_POWER ? matrixDistribution(n, d) : pelzGood(n, d);
  return Math.min(1, Math.max(0, 1 - below));
}

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
