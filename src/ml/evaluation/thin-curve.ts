/** Points of a curve that a report shows. */
export const MAX_CURVE_POINTS = 200;

/** Points of a polyline, in drawing order. */
export interface Curve {
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
