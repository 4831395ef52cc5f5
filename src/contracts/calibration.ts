/**
 * How a model's score becomes a probability that holds for the rows it was fitted on; monotone, so that the order of
 * scores stays.
 */
export type Calibration =
  | {
      kind: 'isotonic';
      /** Ascending scores; between two of them the probability is interpolated, beyond the outermost it is theirs. */
      scores: number[];
      /** As many probabilities, not descending, in [0, 1]. */
      probabilities: number[];
    }
  | {
      /** Probability 1 / (1 + exp(-(intercept + slope * log-odds of the score))). */
      kind: 'platt';
      intercept: number;
      /** At least 0. */
      slope: number;
    };

/** Log-odds of scores are bounded by those of this and of 1 less this: trees give 0 and 1. */
export const SCORE_CLIP = 0.001;

/** Log-odds of a score in [0, 1]. */
export function logOdds(score: number): number {
  const clipped = Math.min(Math.max(score, SCORE_CLIP), 1 - SCORE_CLIP);
  return Math.log(clipped / (1 - clipped));
}

/**
 * Logistic function, the inverse of the log-odds, without overflow: each tail is computed from the exponential that is
 * at most 1. Gives 0 and 1 at the infinities.
 */
export function sigmoid(z: number): number {
  if (z >= 0) return 1 / (1 + Math.exp(-z));
  const e = Math.exp(z);
  return e / (1 + e);
}

/** Probability of the positive class for a model's score in [0, 1]. */
export function calibratedProbability(calibration: Calibration, score: number): number {
  return calibration.kind === 'platt'
    ? sigmoid(calibration.intercept + calibration.slope * logOdds(score))
    : interpolate(calibration.scores, calibration.probabilities, score);
}

/** Linear between neighbouring points, constant beyond the outermost. */
function interpolate(xs: readonly number[], ys: readonly number[], x: number): number {
  let low = 0;
  let high = xs.length - 1;
  if (x <= xs[low]!) return ys[low]!;
  if (x >= xs[high]!) return ys[high]!;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (xs[middle]! <= x) low = middle;
    else high = middle;
  }
  const share = (x - xs[low]!) / (xs[high]! - xs[low]!);
  return ys[low]! + share * (ys[high]! - ys[low]!);
}
