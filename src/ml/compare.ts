import jStat from 'jstat';
import { LOWER_IS_BETTER, type Estimate, type MetricName } from '../contracts/metrics.js';
import { percentile, resamplesFor } from './intervals.js';
import { lossTables, metricOf } from './metrics.js';
import { createRandom } from './random.js';
import { groupIndices, groupScores } from './score-groups.js';

/** Candidate minus champion, signed so that positive is better for the candidate. */
export interface Difference {
  value: number;
  low: number;
  high: number;
}

export interface PairedScores {
  metric: MetricName;
  /** n scores of each model on the same rows. */
  candidateScores: Float64Array;
  championScores: Float64Array;
  /** n classes, 0 or 1. */
  labels: Uint8Array;
  /** Each model's own decision threshold. */
  thresholds: { candidate: number; champion: number };
  /** Level of the interval of the difference; 0.9 tests either side at 5 %. */
  confidence: number;
  seed: number;
}

const signOf = (metric: MetricName): number => (LOWER_IS_BETTER.has(metric) ? -1 : 1);

/** One model's grouped scores, and counts to resample into. */
function contender(scores: Float64Array, labels: Uint8Array) {
  const groups = groupScores(scores, labels);
  const positives = groupIndices(groups, scores, labels, 1);
  const negatives = groupIndices(groups, scores, labels, 0);
  return { groups, positives, negatives, losses: lossTables(groups.scores) };
}

/**
 * Paired stratified percentile bootstrap: both models are measured on the same drawn rows, so what is common to them
 * cancels (Efron & Tibshirani 1993).
 * @returns `null` when the metric is undefined for either model on these rows
 */
export function pairedBootstrap(input: PairedScores): Difference | null {
  const { metric, candidateScores, championScores, labels, thresholds, confidence } = input;
  const candidate = contender(candidateScores, labels);
  const champion = contender(championScores, labels);
  const difference = (): number | null => {
    const mine = metricOf(metric, candidate.groups, thresholds.candidate, candidate.losses);
    const theirs = metricOf(metric, champion.groups, thresholds.champion, champion.losses);
    return mine === null || theirs === null ? null : signOf(metric) * (mine - theirs);
  };
  const value = difference();
  if (value === null) return null;
  const resamples = resamplesFor(labels.length);
  const differences = new Float64Array(resamples);
  const random = createRandom(input.seed);
  let count = 0;
  for (let b = 0; b < resamples; b++) {
    for (const side of ['positives', 'negatives'] as const) {
      const mine = candidate[side];
      const theirs = champion[side];
      const myCounts = candidate.groups[side].fill(0);
      const theirCounts = champion.groups[side].fill(0);
      for (let i = 0; i < mine.length; i++) {
        const row = random.below(mine.length);
        myCounts[mine[row]!]!++;
        theirCounts[theirs[row]!]!++;
      }
    }
    const drawn = difference();
    if (drawn !== null) differences[count++] = drawn;
  }
  const sorted = differences.subarray(0, count).sort();
  return { value, low: percentile(sorted, (1 - confidence) / 2), high: percentile(sorted, (1 + confidence) / 2) };
}

/** A cross-validated estimate, and the level of its interval. */
export interface MeasuredEstimate {
  estimate: Estimate;
  confidence: number;
}

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
  const value = signOf(input.metric) * (candidate.mean - champion.mean);
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
