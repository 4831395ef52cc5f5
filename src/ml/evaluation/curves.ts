import type { Evaluation } from '../../contracts/results.js';
import { groupScores, type ScoreGroups } from './metrics.js';

/** Points of a curve that a report shows. */
const MAX_CURVE_POINTS = 200;

/** Points of a polyline, in drawing order. */
interface Curve {
  x: Float64Array;
  y: Float64Array;
}

/** Area under the straight line from point i to point j. */
const areaUnder = ({ x, y }: Curve, i: number, j: number): number => ((x[j]! - x[i]!) * (y[i]! + y[j]!)) / 2;

/** Area under the polyline from its first point to each of its points. */
function areasUpTo(curve: Curve): Float64Array {
  const areas = new Float64Array(curve.x.length);
  for (let i = 1; i < areas.length; i++) areas[i] = areas[i - 1]! + areaUnder(curve, i - 1, i);
  return areas;
}

/**
 * Leaves points out so that few remain and the area under the polyline is kept: the way along the curve is cut into
 * equal stretches, and each keeps the one of its points with which the area so far comes nearest to the whole curve's.
 * A curve of at most `most` points is left as it is; its ends are always kept.
 * @param curve n points
 * @param way n ascending numbers, how far along the curve each point is; decides where detail is kept
 * @param most at least 3
 * @returns indices of the points that are kept, ascending, at most `most`
 */
export function thinCurve(curve: Curve, way: Float64Array, most: number): number[] {
  const last = way.length - 1;
  if (last < most) return Array.from(way, (_, i) => i);
  const whole = areasUpTo(curve);
  const stretches = most - 2;
  const length = way[last]! - way[0]! || 1;
  const stretchOf = (i: number): number =>
    Math.min(Math.floor(((way[i]! - way[0]!) / length) * stretches), stretches - 1);
  const kept = [0];
  let keptArea = 0;
  for (let i = 1; i < last;) {
    const from = kept.at(-1)!;
    const stretch = stretchOf(i);
    let best = { index: i, area: Infinity, lost: Infinity };
    do {
      const area = keptArea + areaUnder(curve, from, i);
      const lost = Math.abs(whole[i]! - area);
      if (lost < best.lost) best = { index: i, area, lost };
      i++;
    } while (i < last && stretchOf(i) === stretch);
    kept.push(best.index);
    keptArea = best.area;
  }
  return [...kept, last];
}

/** Points but those in the middle of a straight line, with scikit-learn's exception: the greatest score's stays. */
function rocCorners({ positives, negatives }: ScoreGroups): Int32Array {
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
  const points = rocCorners(groups);
  const x = Float64Array.from(points, (g) => falsePositives[g]! / negatives);
  const y = Float64Array.from(points, (g) => truePositives[g]! / positives);
  const way = x.map((rate, i) => rate + y[i]!);
  return thinCurve({ x, y }, way, MAX_CURVE_POINTS).map((i) => ({ falsePositiveRate: x[i]!, truePositiveRate: y[i]! }));
}

/** Points but those in the middle of a vertical line, where scores of negatives follow each other. */
function precisionRecallCorners({ positives }: ScoreGroups): Int32Array {
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
  const points = precisionRecallCorners(groups);
  const x = Float64Array.from(points, (g) => truePositives[g]! / positives);
  const y = Float64Array.from(points, (g) =>
    g === 0 ? 1 : truePositives[g]! / (truePositives[g]! + falsePositives[g]!),
  );
  return thinCurve({ x, y }, wayAlong(x, y), MAX_CURVE_POINTS).map((i) => ({ recall: x[i]!, precision: y[i]! }));
}

/** Rows called positive as the threshold falls: entry g counts those with one of the g greatest scores. */
interface CalledCounts {
  truePositives: Float64Array;
  falsePositives: Float64Array;
  /** The last entries: all rows of each class. */
  positives: number;
  negatives: number;
}

/** Sums grouped scores from the greatest down. @param groups g distinct scores @returns g + 1 counts, the first 0 */
function calledCounts(groups: ScoreGroups): CalledCounts {
  const g = groups.scores.length;
  const truePositives = new Float64Array(g + 1);
  const falsePositives = new Float64Array(g + 1);
  for (let i = 0; i < g; i++) {
    truePositives[i + 1] = truePositives[i]! + groups.positives[i]!;
    falsePositives[i + 1] = falsePositives[i]! + groups.negatives[i]!;
  }
  return { truePositives, falsePositives, positives: truePositives[g]!, negatives: falsePositives[g]! };
}
