import { type Calibration, calibratedProbability } from '../../contracts/calibration.js';
import { MAX_CALIBRATION } from '../../contracts/model-limits.js';
import type { CalibrationMethod } from '../../contracts/definition.js';
import { microaggregatedEach } from '../microaggregate.js';
import { shortCalibration } from './short-calibration.js';
import { fitIsotonic } from './isotonic.js';
import { fitPlatt } from './platt.js';

/** Isotonic regression overfits fewer rows than this (Niculescu-Mizil & Caruana 2005, Predicting Good Probabilities). */
export const ISOTONIC_FROM_ROWS = 1000;

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
 * Fits how scores become probabilities by the method asked for, short enough for a model document. Isotonic regression sees
 * the scores in groups of at least five rows, as its points would be scores and classes of single rows.
 * @param scores n out-of-fold scores in [0, 1], at least one
 * @param labels n classes, 0 or 1
 */
export function fitCalibrationBy(
  method: Exclude<CalibrationMethod, 'none'>,
  scores: Float64Array,
  labels: Uint8Array,
): Calibration {
  return shortCalibration(
    method === 'isotonic'
      ? { kind: 'isotonic', ...fitIsotonic(microaggregatedEach(scores), labels) }
      : { kind: 'platt', ...boundedPlatt(scores, labels) },
  );
}

/** Scores that differ so little that a slope beyond the limit would be needed say the same: one probability for all. */
function boundedPlatt(scores: Float64Array, labels: Uint8Array): ReturnType<typeof fitPlatt> {
  const fit = fitPlatt(scores, labels);
  const isBounded = Math.max(fit.slope, Math.abs(fit.intercept)) <= MAX_CALIBRATION;
  return isBounded ? fit : fitPlatt(new Float64Array(scores.length).fill(0.5), labels);
}

/**
 * Probabilities of the positive class for a model's scores.
 * @param scores n scores in [0, 1]
 */
export const calibrated = (calibration: Calibration, scores: Float64Array): Float64Array =>
  scores.map((score) => calibratedProbability(calibration, score));
