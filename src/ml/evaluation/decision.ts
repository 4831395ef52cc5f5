import type { Calibration } from '../../contracts/calibration.js';
import type { CalibrationMethod, ThresholdRule } from '../../contracts/definition.js';
import type { Warning } from '../../contracts/results.js';
import { chooseThreshold } from './decision-threshold.js';
import { calibrated, fitCalibrationBy, ISOTONIC_FROM_ROWS } from './calibrate.js';

/** How scores become probabilities and decisions, from a definition. */
export interface DecisionPolicy {
  calibration: CalibrationMethod;
  threshold: ThresholdRule;
}

/** What a policy gives on the scores that it was learned from. */
export interface Decision {
  /** `null` leaves scores as they are. */
  calibration: Calibration | null;
  /** Of calibrated scores. */
  threshold: number;
  warnings: Warning[];
}

/**
 * Fits the calibration, then chooses the threshold on calibrated scores.
 * @param scores n scores in [0, 1] of rows that the model had not seen, at least one
 * @param labels n classes, 0 or 1
 */
export function learnDecision(policy: DecisionPolicy, scores: Float64Array, labels: Uint8Array): Decision {
  const calibration = policy.calibration === 'none' ? null : fitCalibrationBy(policy.calibration, scores, labels);
  const warnings: Warning[] = [];
  if (policy.calibration === 'isotonic' && scores.length < ISOTONIC_FROM_ROWS) {
    const message = `Isotonic calibration was fitted on ${scores.length} out-of-fold scores; below ${ISOTONIC_FROM_ROWS} it follows chance, and calibration "platt" is surer.`;
    warnings.push({ code: 'rough-calibration', message });
  }
  const { threshold, unreached } = chooseThreshold(policy.threshold, applied(calibration, scores), labels);
  if (unreached !== null) warnings.push({ code: 'threshold-not-reached', message: unreached });
  return { calibration, threshold, warnings };
}

/** Scores as a calibration has them; the very array where there is none. */
export const applied = (calibration: Calibration | null, scores: Float64Array): Float64Array =>
  calibration === null ? scores : calibrated(calibration, scores);
