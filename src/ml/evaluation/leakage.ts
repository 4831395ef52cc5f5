import { rocAuc } from './metrics.js';
import { groupScores } from './score-groups.js';

/** How well one feature alone separates the classes. */
export interface Separation {
  /** Area under the ROC curve in the better direction, 0.5..1. */
  auc: number;
  /** Share of rows that the best single cut classifies rightly. */
  cutAccuracy: number;
}

/**
 * Measures a feature alone as if it were a score, in either direction.
 * @param values n numbers
 * @param labels n classes, both present
 */
export function separationOf(values: Float64Array, labels: Uint8Array): Separation {
  const groups = groupScores(values, labels);
  const auc = rocAuc(groups) ?? 0.5;
  const positives = labels.reduce((sum, label) => sum + label, 0);
  let right = labels.length - positives;
  let best = Math.max(right, positives);
  for (let g = 0; g < groups.scores.length; g++) {
    right += groups.positives[g]! - groups.negatives[g]!;
    best = Math.max(best, right, labels.length - right);
  }
  return { auc: Math.max(auc, 1 - auc), cutAccuracy: best / labels.length };
}
