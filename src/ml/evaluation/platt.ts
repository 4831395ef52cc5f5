import { logOdds } from '../../contracts/calibration.js';
import { fitSigmoid, type SigmoidFit } from '../learners/platt.js';

/**
 * Platt's scaling of scores, on their log-odds, so that calibrated scores are left as they are; see {@link fitSigmoid}.
 * @param scores n scores in [0, 1], at least one
 * @param labels n classes, 0 or 1
 */
export const fitPlatt = (scores: Float64Array, labels: Uint8Array): SigmoidFit =>
  fitSigmoid(scores.map(logOdds), labels);
