import type { ScoreGroups } from './score-groups.js';

/** Rows called positive as the threshold falls: entry g counts those with one of the g greatest scores. */
export interface CalledCounts {
  truePositives: Float64Array;
  falsePositives: Float64Array;
  /** The last entries: all rows of each class. */
  positives: number;
  negatives: number;
}

/** Sums grouped scores from the greatest down. @param groups g distinct scores @returns g + 1 counts, the first 0 */
export function calledCounts(groups: ScoreGroups): CalledCounts {
  const g = groups.scores.length;
  const truePositives = new Float64Array(g + 1);
  const falsePositives = new Float64Array(g + 1);
  for (let i = 0; i < g; i++) {
    truePositives[i + 1] = truePositives[i]! + groups.positives[i]!;
    falsePositives[i + 1] = falsePositives[i]! + groups.negatives[i]!;
  }
  return { truePositives, falsePositives, positives: truePositives[g]!, negatives: falsePositives[g]! };
}
