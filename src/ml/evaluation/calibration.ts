import type { Calibration } from '../../contracts/learner.js';
import { calibratedProbability, logOdds } from '../../model/calibration.js';
import type { CalibrationMethod } from '../../contracts/definition.js';
import type { CalibrationBin } from '../../contracts/values.js';
import { MAX_CALIBRATION } from '../../contracts/limits.js';
import { fitSigmoid, type SigmoidFit } from '../learners/linear/platt.js';
import { microaggregatedEach } from '../microaggregate.js';
import { thinCurve } from './curves.js';

/** Isotonic regression overfits fewer rows than this (Niculescu-Mizil & Caruana 2005, Predicting Good Probabilities). */
export const ISOTONIC_FROM_ROWS = 1000;

/**
 * Fits how scores become probabilities, from scores of rows that the model had not seen: isotonic regression from 1,000
 * rows on, Platt's scaling below.
 * @param scores n out-of-fold scores in [0, 1]
 * @param labels n classes, 0 or 1
 * @throws RangeError for no rows
 */
export function fitCalibration(scores: Float64Array, labels: Uint8Array): Calibration {
  if (scores.length === 0) throw new RangeError('a calibration needs at least one row with a score and a label');
  if (scores.length >= ISOTONIC_FROM_ROWS) return { kind: 'isotonic', ...fitIsotonic(scores, labels) };
  return { kind: 'platt', ...fitPlatt(scores, labels) };
}

/**
 * Fits how scores become probabilities by the method asked for, short enough for a model document. Isotonic regression sees
 * the scores in groups of at least five rows, as its points would be scores and classes of single rows.
 * @param scores n out-of-fold scores in [0, 1], at least one
 * @param labels n classes, 0 or 1
 */
export function fitCalibrationBy(
  method: Exclude<CalibrationMethod, 'none'>,
  scores: Float64Array,
  labels: Uint8Array,
): Calibration {
  return shortCalibration(
    method === 'isotonic'
      ? { kind: 'isotonic', ...fitIsotonic(microaggregatedEach(scores), labels) }
      : { kind: 'platt', ...boundedPlatt(scores, labels) },
  );
}

/** Scores that differ so little that a slope beyond the limit would be needed say the same: one probability for all. */
function boundedPlatt(scores: Float64Array, labels: Uint8Array): ReturnType<typeof fitPlatt> {
  const fit = fitPlatt(scores, labels);
  const isBounded = Math.max(fit.slope, Math.abs(fit.intercept)) <= MAX_CALIBRATION;
  return isBounded ? fit : fitPlatt(new Float64Array(scores.length).fill(0.5), labels);
}

/**
 * Probabilities of the positive class for a model's scores.
 * @param scores n scores in [0, 1]
 */
export const calibrated = (calibration: Calibration, scores: Float64Array): Float64Array =>
  scores.map((score) => calibratedProbability(calibration, score));

/**
 * Platt's scaling of scores, on their log-odds, so that calibrated scores are left as they are; see {@link fitSigmoid}.
 * @param scores n scores in [0, 1], at least one
 * @param labels n classes, 0 or 1
 */
export const fitPlatt = (scores: Float64Array, labels: Uint8Array): SigmoidFit =>
  fitSigmoid(scores.map(logOdds), labels);

/** A non-descending function: points to interpolate between; ascending scores, as many probabilities. */
interface IsotonicFit {
  scores: number[];
  probabilities: number[];
}

/**
 * Isotonic regression of 0/1 labels by pool-adjacent-violators (Ayer et al. 1955): the non-descending function with the
 * least squared error. The same points as scikit-learn's `IsotonicRegression`: rows of one score are pooled
 * first, and of each level the first and last score are kept.
 * @param scores n finite numbers, at least one
 * @param labels n classes, 0 or 1
 */
export function fitIsotonic(scores: Float64Array, labels: Uint8Array): IsotonicFit {
  const order = Uint32Array.from(scores, (_, i) => i).sort((a, b) => scores[a]! - scores[b]!);
  const levels: Level[] = [];
  for (const row of order) {
    const score = scores[row]!;
    const last = levels.at(-1);
    if (last?.last === score && last.first === score) {
      last.sum += labels[row]!;
      last.rows++;
      continue;
    }
    pool(levels);
    levels.push({ first: score, last: score, sum: labels[row]!, rows: 1 });
  }
  pool(levels);
  const points = levels.flatMap(({ first, last, sum, rows }) =>
    (first === last ? [first] : [first, last]).map((score) => ({ score, probability: sum / rows })),
  );
  return { scores: points.map(({ score }) => score), probabilities: points.map(({ probability }) => probability) };
}

/** Neighbouring scores of one probability. */
interface Level {
  first: number;
  last: number;
  sum: number;
  rows: number;
}

/** Joins the newest level to those before it while it is not above them. */
function pool(levels: Level[]): void {
  while (levels.length > 1) {
    const last = levels.at(-1)!;
    const before = levels.at(-2)!;
    if (before.sum * last.rows < last.sum * before.rows) return;
    levels.pop();
    before.last = last.last;
    before.sum += last.sum;
    before.rows += last.rows;
  }
}

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

/** Bins of equal width that [0, 1] is cut into. */
const BINS = 10;

/**
 * What scores promise against what came true, as scikit-learn's `calibration_curve` with ten uniform bins:
 * [0, 0.1], (0.1, 0.2], ... (0.9, 1], and of each the mean score and the share of positives.
 * @param scores n probabilities of the positive class, in [0, 1]
 * @param labels n classes, 0 or 1
 * @returns the bins that hold a row, ascending by score; none for no rows
 */
export function calibrationTable(scores: Float64Array, labels: Uint8Array): CalibrationBin[] {
  const rows = new Float64Array(BINS);
  const scoreSums = new Float64Array(BINS);
  const positives = new Float64Array(BINS);
  for (let i = 0; i < scores.length; i++) {
    const score = scores[i]!;
    const bin = Math.max(Math.ceil(score * BINS) - 1, 0);
    rows[bin]! += 1;
    scoreSums[bin]! += score;
    positives[bin]! += labels[i]!;
  }
  return Array.from(rows, (count, bin) => ({
    meanScore: scoreSums[bin]! / count,
    positiveShare: positives[bin]! / count,
    rows: count,
  })).filter((bin) => bin.rows > 0);
}

/**
 * Expected calibration error (Naeini, Cooper & Hauskrecht 2015, Obtaining Well Calibrated Probabilities Using
 * Bayesian Binning): the mean over rows of |positive share - mean score| of their bin.
 * @returns a number in [0, 1], `null` for a table without rows
 */
export function calibrationError(table: CalibrationBin[]): number | null {
  let rows = 0;
  let gaps = 0;
  for (const bin of table) {
    rows += bin.rows;
    gaps += bin.rows * Math.abs(bin.positiveShare - bin.meanScore);
  }
  return rows === 0 ? null : gaps / rows;
}
