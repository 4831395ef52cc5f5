import type { Calibration } from '../contracts/calibration.js';
import type { EstimatedPerformance } from '../contracts/monitoring.js';
import { calibrated } from '../ml/evaluation/calibration.js';

/** Predictions whose labels are not known; n of each. */
export interface UnlabelledPredictions {
  /** Scores of the positive class as the model gave them. */
  scores: Float64Array;
  /** What the model decided, 0 or 1. */
  predictions: Uint8Array;
}

/**
 * Confidence-based performance estimation (CBPE; Garg et al. 2022, Leveraging Unlabeled Data to Predict
 * Out-of-Distribution Performance, and NannyML's binary estimator): with p the calibrated probability of a row, a row called positive is right with
 * probability p, one called negative with 1 - p. Expected counts give accuracy and recall; ROC AUC takes each row as p
 * of a positive and 1 - p of a negative.
 *
 * It sees what a shift of the inputs does to a model whose probabilities still hold. It cannot see a change of what the
 * inputs mean (concept drift): the scores look as before.
 * @returns `null` for metrics without rows, or without an expected positive (and, for ROC AUC, negative)
 */
export function estimatePerformance(
  { scores, predictions }: UnlabelledPredictions,
  calibration: Calibration,
): EstimatedPerformance {
  const probabilities = calibrated(calibration, scores);
  let positives = 0;
  let truePositives = 0;
  let right = 0;
  for (let i = 0; i < scores.length; i++) {
    const probability = probabilities[i]!;
    positives += probability;
    if (predictions[i] === 1) truePositives += probability;
    right += predictions[i] === 1 ? probability : 1 - probability;
  }
  const rows = scores.length;
  return {
    rows,
    metrics: {
      rocAuc: expectedRocAuc(scores, calibration),
      accuracy: rows > 0 ? right / rows : null,
      recall: positives > 0 ? truePositives / positives : null,
    },
  };
}

/** The Mann-Whitney statistic over fractional positives and negatives, a tie counting one half. */
function expectedRocAuc(scores: Float64Array, calibration: Calibration): number | null {
  const ascending = scores.slice().sort();
  const probabilities = calibrated(calibration, ascending);
  let positives = 0;
  let negatives = 0;
  let wins = 0;
  for (let start = 0; start < ascending.length;) {
    let end = start + 1; // one at least, whatever the score equals
    let here = probabilities[start]!;
    for (; end < ascending.length && ascending[end] === ascending[start]; end++) here += probabilities[end]!;
    const against = end - start - here;
    wins += here * (negatives + against / 2);
    positives += here;
    negatives += against;
    start = end;
  }
  return positives > 0 && negatives > 0 ? wins / (positives * negatives) : null;
}
