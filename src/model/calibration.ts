import type { Calibration } from '../contracts/learner.js';
import { MAX_CALIBRATION } from '../contracts/limits.js';
import { checkList, checkNumber, checkNumbers, checkRecord, isRecord, refuse } from './checks.js';

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

/** Largest number of points of an isotonic calibration. */
const MAX_POINTS = 20_000;

/** @throws PipelineFailure `ModelInvalid` */
export function checkCalibration(value: unknown): Calibration {
  const kind = isRecord(value) ? value['kind'] : undefined;
  if (kind === 'platt') {
    const item = checkRecord(value, 'calibration', ['kind', 'intercept', 'slope']);
    const intercept = checkNumber(item.intercept, 'calibration.intercept', -MAX_CALIBRATION, MAX_CALIBRATION);
    return { kind, intercept, slope: checkNumber(item.slope, 'calibration.slope', 0, MAX_CALIBRATION) };
  }
  if (kind !== 'isotonic')
    return refuse('calibration.kind', kind === undefined ? 'missing' : 'unknown', 'platt or isotonic');
  const item = checkRecord(value, 'calibration', ['kind', 'scores', 'probabilities']);
  const { length } = checkList(item.scores, 'calibration.scores', 1, MAX_POINTS);
  const shares = (list: unknown, name: string) =>
    checkNumbers(list, `calibration.${name}`, { length, min: 0, max: 1, whole: false });
  const scores = shares(item.scores, 'scores');
  const probabilities = shares(item.probabilities, 'probabilities');
  if (scores.some((score, i) => i > 0 && score <= scores[i - 1]!))
    refuse('calibration.scores', 'out of order', 'ascending scores');
  if (probabilities.some((share, i) => i > 0 && share < probabilities[i - 1]!))
    refuse('calibration.probabilities', 'out of order', 'probabilities that do not descend');
  return { kind, scores, probabilities };
}
