import type { Evaluation } from '../../contracts/report.js';
import { calledCounts } from './called-counts.js';
import { groupScores, type ScoreGroups } from './score-groups.js';
import { MAX_CURVE_POINTS, thinCurve } from './thin-curve.js';

/** Points but those in the middle of a vertical line, where scores of negatives follow each other. */
function corners({ positives }: ScoreGroups): Int32Array {
  const last = positives.length;
  return Int32Array.from({ length: last + 1 }, (_, g) => g).filter(
    (g) => g < 2 || g === last || positives[g - 1]! > 0 || positives[g]! > 0,
  );
}

/**
 * How far along the curve each point is: to the right, and down from the greatest precision that is still to come.
 * Precision itself jumps up and down where few rows are called.
 */
function wayAlong(recall: Float64Array, precision: Float64Array): Float64Array {
  const way = new Float64Array(recall.length);
  let greatest = 0;
  for (let i = way.length - 1; i >= 0; i--) {
    greatest = Math.max(greatest, precision[i]!);
    way[i] = recall[i]! - greatest;
  }
  return way;
}

/**
 * Precision against recall at every distinct score from the greatest down, after the point (0, 1) that stands for no
 * call at all. Rows of one score are called together and points in the middle of a vertical line are left out, as by
 * scikit-learn's `precision_recall_curve` with `drop_intermediate`; of the rest at most 200 are kept so that the area
 * stays.
 * @param scores n probabilities of the positive class
 * @param labels n classes, 0 or 1
 * @returns points by ascending recall, the last with all rows called; none without a positive
 */
export function precisionRecallCurve(scores: Float64Array, labels: Uint8Array): Evaluation['precisionRecall'] {
  const groups = groupScores(scores, labels);
  const { truePositives, falsePositives, positives } = calledCounts(groups);
  if (positives === 0) return [];
  const points = corners(groups);
  const x = Float64Array.from(points, (g) => truePositives[g]! / positives);
  const y = Float64Array.from(points, (g) =>
    g === 0 ? 1 : truePositives[g]! / (truePositives[g]! + falsePositives[g]!),
  );
  return thinCurve({ x, y }, wayAlong(x, y), MAX_CURVE_POINTS).map((i) => ({ recall: x[i]!, precision: y[i]! }));
}
