import type { Calibration } from '../../contracts/calibration.js';
import { fitIsotonic } from './isotonic.js';
import { fitPlatt, logistic, logOdds } from './platt.js';

/** Isotonic regression overfits fewer rows than this (Niculescu-Mizil & Caruana 2005, Predicting Good Probabilities). */
const ISOTONIC_FROM_ROWS = 1000;

/**
 * Fits how scores become probabilities, from scores of rows that the model had not seen: isotonic regression from 1,000
 * rows on, Platt's scaling below.
 * @param scores n out-of-fold scores in [0, 1]
 * @param labels n classes, 0 or 1
 * @throws RangeError for no rows
 */
export function fitCalibration(scores: Float64Array, labels: Uint8Array): Calibration {
  if (scores.length === 0) throw new RangeError('a calibration needs at least one row with a score and a label');
  if (scores.length >= ISOTONIC_FROM_ROWS) return { kind: 'isotonic', ...fitIsotonic(scores, labels) };
  return { kind: 'platt', ...fitPlatt(scores, labels) };
}

/**
 * Probabilities of the positive class for a model's scores.
 * @param scores n scores in [0, 1]
 */
export function calibrated(calibration: Calibration, scores: Float64Array): Float64Array {
  if (calibration.kind === 'isotonic') {
    const xs = Float64Array.from(calibration.scores);
    const ys = Float64Array.from(calibration.probabilities);
    return scores.map((score) => interpolate(xs, ys, score));
  }
  const { intercept, slope } = calibration;
  return scores.map((score) => logistic(intercept + slope * logOdds(score)));
}

/** Linear between neighbouring points, constant beyond the outermost. */
function interpolate(xs: Float64Array, ys: Float64Array, x: number): number {
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
