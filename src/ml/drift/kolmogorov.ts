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
