import jStat from 'jstat';
import type { Difference, Estimate } from '../../contracts/values.js';
import type { MetricComparison, VersionComparison } from '../../contracts/results.js';
import { LOWER_IS_BETTER, type MetricName } from '../../contracts/vocabulary.js';
import { caseDraw, countDrawn, inOrderOf, percentileInterval, resamplesFor } from './intervals.js';
import { forEachMetric, groupedMetrics, lossTables, type MetricValues, groupIndices, groupScores } from './metrics.js';
import { createRandom, type Random } from '../random.js';

/** What a model says of the rows, and from which score on it calls one positive. */
export interface ModelScores {
  /** n probabilities of the positive class. */
  scores: Float64Array;
  threshold: number;
}

/** Two models' answers to the same rows. */
export interface PairedModels {
  a: ModelScores;
  b: ModelScores;
  /** n classes, 0 or 1: the scores of both are of these rows, in this order. */
  labels: Uint8Array;
  /** The group of each row: then whole groups are drawn. */
  groups?: Int32Array | undefined;
  /** Level of the intervals of the differences; 0.9 tests either side at 5 %. */
  confidence: number;
  seed: number;
}

/** Signed so that positive is better for the first. */
const better = (metric: MetricName, mine: number, theirs: number): number =>
  LOWER_IS_BETTER.has(metric) ? theirs - mine : mine - theirs;

/** One model's rows by score, what it is worth on them, and on the rows drawn last. */
function contender({ scores, threshold }: ModelScores, labels: Uint8Array) {
  const groups = groupScores(scores, labels);
  const losses = lossTables(groups.scores);
  const classes = {
    positives: groupIndices(groups, scores, labels, 1),
    negatives: groupIndices(groups, scores, labels, 0),
  };
  const drawn = { ...groups, positives: groups.positives.slice(), negatives: groups.negatives.slice() };
  return {
    classes,
    scoreGroups: inOrderOf(labels, classes.positives, classes.negatives),
    drawn,
    values: groupedMetrics(groups, threshold, losses).values,
    drawnValues: () => groupedMetrics(drawn, threshold, losses).values,
  };
}

type Contender = ReturnType<typeof contender>;

/** Draws the same rows of a class for both, as many as there are with replacement. */
function redrawBoth(a: Contender, b: Contender, side: 'positives' | 'negatives', random: Random): void {
  const [groupsA, groupsB] = [a.classes[side], b.classes[side]];
  const countsA = a.drawn[side].fill(0);
  const countsB = b.drawn[side].fill(0);
  for (let i = 0; i < groupsA.length; i++) {
    const row = random.below(groupsA.length);
    countsA[groupsA[row]!]!++;
    countsB[groupsB[row]!]!++;
  }
}

/** A minus B, `null` where either is undefined. */
function differenceOf(metric: MetricName, a: MetricValues, b: MetricValues): number | null {
  const [mine, theirs] = [a[metric], b[metric]];
  return mine === null || theirs === null ? null : better(metric, mine, theirs);
}

/**
 * Every metric of two models on the same rows. The differences have paired stratified percentile bootstrap intervals:
 * both models are measured on the same drawn rows, as many of each class as there are, so what is common to them cancels
 * (Efron & Tibshirani 1993). 1000 resamples, fewer for large n; those that leave a metric undefined do not count for it.
 * Each interval stands for itself: nothing is corrected for looking at several metrics.
 */
export function compareModels(input: PairedModels): VersionComparison {
  const { labels, confidence } = input;
  const a = contender(input.a, labels);
  const b = contender(input.b, labels);
  const resamples = resamplesFor(labels.length);
  const differences = forEachMetric(() => new Float64Array(resamples).fill(NaN));
  const random = createRandom(input.seed);
  const drawCases = input.groups && caseDraw(labels, input.groups);
  for (let resample = 0; resample < resamples; resample++) {
    if (drawCases) {
      const times = drawCases(random);
      for (const each of [a, b]) countDrawn(each.drawn, labels, times, each.scoreGroups);
    } else {
      redrawBoth(a, b, 'positives', random);
      redrawBoth(a, b, 'negatives', random);
    }
    const [mine, theirs] = [a.drawnValues(), b.drawnValues()];
    forEachMetric((metric) => (differences[metric][resample] = differenceOf(metric, mine, theirs) ?? NaN));
  }
  return {
    rows: labels.length,
    positives: a.classes.positives.length,
    confidence,
    metrics: forEachMetric((metric): MetricComparison => ({
      a: a.values[metric],
      b: b.values[metric],
      difference: withInterval(differenceOf(metric, a.values, b.values), differences[metric], confidence),
    })),
  };
}

function withInterval(value: number | null, drawn: Float64Array, confidence: number): Difference | null {
  const interval = percentileInterval(drawn, confidence);
  return value === null || interval === null ? null : { value, ...interval };
}

/** A cross-validated estimate, and the level of its interval. */
export interface MeasuredEstimate {
  estimate: Estimate;
  confidence: number;
}

/** A metric of two models, each cross-validated on rows of its own. */
export interface EstimatePair {
  metric: MetricName;
  candidate: MeasuredEstimate;
  champion: MeasuredEstimate;
  /** Level of the interval of the difference. */
  confidence: number;
}

/**
 * Difference of two cross-validated estimates, for when too few common rows are left: standard errors from the widths
 * of their intervals, taken as independent and normal. Wider than a paired comparison would be.
 * @returns `null` when either estimate has no value or no interval
 */
export function compareEstimates(input: EstimatePair): Difference | null {
  const candidate = normalOf(input.candidate);
  const champion = normalOf(input.champion);
  if (candidate === null || champion === null) return null;
  const value = better(input.metric, candidate.mean, champion.mean);
  const margin = quantileOf(input.confidence) * Math.hypot(candidate.error, champion.error);
  return { value, low: value - margin, high: value + margin };
}

const quantileOf = (confidence: number): number => jStat.normal.inv((1 + confidence) / 2, 0, 1);

/** Mean and standard error behind an interval; the wider half counts, because bounds are clipped to [0, 1]. */
function normalOf({ estimate, confidence }: MeasuredEstimate): { mean: number; error: number } | null {
  const { value, low, high } = estimate;
  if (value === null || low === null || high === null) return null;
  return { mean: value, error: Math.max(high - value, value - low) / quantileOf(confidence) };
}
