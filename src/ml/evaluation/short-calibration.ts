import type { Calibration } from '../../contracts/calibration.js';
import { thinCurve } from './thin-curve.js';

/** Significant digits that numbers of a calibration keep. */
const DIGITS = 9;
/** Points that an isotonic calibration keeps; where there are more, neighbours are hardly apart. */
export const MAX_ISOTONIC_POINTS = 1000;

const rounded = (value: number): number => Number(value.toPrecision(DIGITS));

/**
 * The same calibration in few short numbers: nine significant digits, at most 1,000 points of an isotonic one, with the
 * area under it kept. Scores still ascend and probabilities still do not descend.
 */
export function shortCalibration(calibration: Calibration): Calibration {
  if (calibration.kind === 'platt') {
    const { kind, intercept, slope } = calibration;
    return { kind, intercept: rounded(intercept), slope: rounded(slope) };
  }
  const x = Float64Array.from(calibration.scores, rounded);
  const apart = calibration.probabilities.flatMap((p, i) =>
    i === 0 || x[i]! > x[i - 1]! ? [{ x: x[i]!, y: rounded(p) }] : [],
  );
  const scores = Float64Array.from(apart, (point) => point.x);
  const probabilities = Float64Array.from(apart, (point) => point.y);
  const kept = thinCurve({ x: scores, y: probabilities }, scores, MAX_ISOTONIC_POINTS);
  return { kind: 'isotonic', scores: kept.map((i) => scores[i]!), probabilities: kept.map((i) => probabilities[i]!) };
}
