import type { Evaluation } from '../../contracts/report.js';
import { calledCounts } from './called-counts.js';
import { groupScores, type ScoreGroups } from './score-groups.js';
import { MAX_CURVE_POINTS, thinCurve } from './thin-curve.js';

/** Points but those in the middle of a straight line, with scikit-learn's exception: the greatest score's stays. */
function corners({ positives, negatives }: ScoreGroups): Int32Array {
  const last = positives.length;
  return Int32Array.from({ length: last + 1 }, (_, g) => g).filter(
    (g) => g < 2 || g === last || positives[g] !== positives[g - 1] || negatives[g] !== negatives[g - 1],
  );
}

/**
 * Receiver operating characteristic: the share of either class that is called positive, at every distinct score from
 * the greatest down. Rows of one score are called together and points in the middle of a straight line are left out,
 * as by scikit-learn's `roc_curve`; of the rest at most 200 are kept so that the area stays.
 * @param scores n probabilities of the positive class
 * @param labels n classes, 0 or 1
 * @returns points from (0, 0) to (1, 1); none when a class is missing
 */
export function rocCurve(scores: Float64Array, labels: Uint8Array): Evaluation['roc'] {
  const groups = groupScores(scores, labels);
  const { truePositives, falsePositives, positives, negatives } = calledCounts(groups);
  if (positives === 0 || negatives === 0) return [];
  const points = corners(groups);
  const x = Float64Array.from(points, (g) => falsePositives[g]! / negatives);
  const y = Float64Array.from(points, (g) => truePositives[g]! / positives);
  const way = x.map((rate, i) => rate + y[i]!);
  return thinCurve({ x, y }, way, MAX_CURVE_POINTS).map((i) => ({ falsePositiveRate: x[i]!, truePositiveRate: y[i]! }));
}
