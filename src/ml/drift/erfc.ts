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
