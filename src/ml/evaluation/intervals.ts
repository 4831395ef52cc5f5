import jStat from 'jstat';
import type { MetricName } from '../../contracts/vocabulary.js';
import type { Estimate, MetricTable } from '../../contracts/values.js';
import { createRandom, type Random } from '../random.js';
import { percentile } from '../sorted.js';
import { casesOf, classesOf, rowsOf } from '../table.js';
import { forEachMetric, groupedMetrics, lossTables, groupIndices, groupScores } from './metrics.js';

const MAX_RESAMPLES = 1000;
const MIN_RESAMPLES = 200;
/** Rows drawn over all resamples; bounds the time spent on large hold-outs. */
const ROW_VISITS = 4e7;

const UNDEFINED: Estimate = { value: null, low: null, high: null };

/** Resamples affordable for n rows: 1000, fewer from 40,000 rows on, never below 200. */
export function resamplesFor(rows: number): number {
  return Math.max(MIN_RESAMPLES, Math.min(MAX_RESAMPLES, Math.floor(ROW_VISITS / Math.max(rows, 1))));
}

/** Every metric lies in [0, 1] but the logarithmic loss, which has no upper limit. */
function clip(metric: MetricName, bound: number): number {
  return Math.max(0, metric === 'logLoss' ? bound : Math.min(1, bound));
}

/**
 * Corrected resampled t interval for repeated cross-validation (Nadeau & Bengio 2003, Inference for the
 * Generalization Error): mean -+ t * sqrt((1/J + nTest/nTrain) * S^2) with J - 1 degrees of freedom. The second term
 * accounts for folds that share training rows.
 * @param values J values of the metric, one per fold and repeat; undefined ones are left out
 * @param testTrainRatio rows of a test fold over rows it was trained on: 1 / (folds - 1)
 * @param confidence level, 0.95 for 95 %
 * @returns the mean, with bounds when at least two values are defined
 */
export function resampledInterval(
  metric: MetricName,
  values: (number | null)[],
  testTrainRatio: number,
  confidence: number,
): Estimate {
  const defined = values.filter((value) => value !== null);
  const count = defined.length;
  if (count === 0) return UNDEFINED;
  const mean = defined.reduce((sum, value) => sum + value, 0) / count;
  if (count === 1) return { value: mean, low: null, high: null };
  const variance = defined.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (count - 1);
  const t = jStat.studentt.inv((1 + confidence) / 2, count - 1);
  const margin = t * Math.sqrt((1 / count + testTrainRatio) * variance);
  return { value: mean, low: clip(metric, mean - margin), high: clip(metric, mean + margin) };
}

/**
 * The percentile interval of what was drawn again and again.
 * @param drawn values of the resamples, NaN where one leaves it undefined: those do not count
 * @param confidence level, 0.95 for 95 %
 * @returns `null` where no value is left
 */
export function percentileInterval(drawn: Float64Array, confidence: number): { low: number; high: number } | null {
  const sorted = drawn.filter((value) => !Number.isNaN(value)).sort();
  if (sorted.length === 0) return null;
  return { low: percentile(sorted, (1 - confidence) / 2), high: percentile(sorted, (1 + confidence) / 2) };
}

/** Replaces `counts` by those of as many rows drawn with replacement as `groups` holds. */
function redraw(counts: Int32Array, groups: Int32Array, random: Random): void {
  counts.fill(0);
  for (let i = 0; i < groups.length; i++) counts[groups[random.below(groups.length)]!]!++;
}

/** Rows to measure, and how. */
export interface Bootstrap {
  /** n probabilities of the positive class. */
  scores: Float64Array;
  /** n classes, 0 or 1. */
  labels: Uint8Array;
  /** A row is called positive when its score is at least this. */
  threshold: number;
  /** Level of the intervals, 0.95 for 95 %. */
  confidence: number;
  seed: number;
  /** Groups of the n rows: then whole groups are drawn. */
  groups?: Int32Array | undefined;
}

/**
 * Stratified percentile bootstrap of every metric on one set of rows: each resample draws as many rows of each class
 * as there are (Efron & Tibshirani 1993, chapter 13). 1000 resamples, fewer for large n; undefined ones are left out.
 */
export function bootstrapIntervals({
  scores,
  labels,
  threshold,
  confidence,
  seed,
  groups: groupOf,
}: Bootstrap): MetricTable {
  const groups = groupScores(scores, labels);
  const positives = groupIndices(groups, scores, labels, 1);
  const negatives = groupIndices(groups, scores, labels, 0);
  const losses = lossTables(groups.scores);
  const measured = groupedMetrics(groups, threshold, losses).values;
  const drawn = { ...groups, positives: groups.positives.slice(), negatives: groups.negatives.slice() };
  const resamples = resamplesFor(scores.length);
  const values = forEachMetric(() => new Float64Array(resamples).fill(NaN));
  const random = createRandom(seed);
  const drawCases = groupOf && caseDraw(labels, groupOf);
  const scoreGroups = groupOf && inOrderOf(labels, positives, negatives);
  for (let b = 0; b < resamples; b++) {
    if (drawCases && scoreGroups) countDrawn(drawn, labels, drawCases(random), scoreGroups);
    else {
      redraw(drawn.positives, positives, random);
      redraw(drawn.negatives, negatives, random);
    }
    const found = groupedMetrics(drawn, threshold, losses).values;
    forEachMetric((metric) => (values[metric][b] = found[metric] ?? NaN));
  }
  return forEachMetric((metric) => {
    const value = measured[metric];
    const interval = percentileInterval(values[metric], confidence);
    return value === null || interval === null ? UNDEFINED : { value, ...interval };
  });
}

/**
 * Draws whole groups with replacement: as many as there are of positive, of negative and of mixed ones (the cluster
 * bootstrap; Davison & Hinkley 1997, Bootstrap Methods and their Application, section 3.8).
 * @param labels, groups n of each
 * @returns a draw, which gives how often each of the n rows was drawn; the array is the same at every call
 */
export function caseDraw(labels: Uint8Array, groups: Int32Array): (random: Random) => Int32Array {
  const cases = casesOf(labels, groups);
  const strata: [number[], number[], number[]] = [[], [], []];
  for (let each = 0; each < cases.count; each++) {
    const [negatives, positives] = classesOf(cases, each);
    strata[positives === 0 ? 0 : negatives === 0 ? 1 : 2].push(each);
  }
  const counts = new Int32Array(labels.length);
  return (random) => {
    counts.fill(0);
    for (const stratum of strata)
      for (let i = 0; i < stratum.length; i++)
        for (const position of rowsOf(cases, stratum[random.below(stratum.length)]!)) counts[position]!++;
    return counts;
  };
}

/**
 * Adds rows to the counts of their scores' groups.
 * @param times how often each row was drawn
 * @param of the score group of every row
 */
export function countDrawn(
  drawn: { positives: Int32Array; negatives: Int32Array },
  labels: Uint8Array,
  times: Int32Array,
  of: Int32Array,
): void {
  drawn.positives.fill(0);
  drawn.negatives.fill(0);
  for (let row = 0; row < times.length; row++)
    (labels[row] === 1 ? drawn.positives : drawn.negatives)[of[row]!]! += times[row]!;
}

/** Score groups of each class's rows in the order of all rows. */
export function inOrderOf(labels: Uint8Array, positives: Int32Array, negatives: Int32Array): Int32Array {
  let [p, q] = [0, 0];
  return Int32Array.from(labels, (label) => (label === 1 ? positives[p++]! : negatives[q++]!));
}
