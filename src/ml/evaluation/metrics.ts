import { METRIC_NAMES, type MetricName } from '../../contracts/vocabulary.js';
import type { ConfusionMatrix } from '../../contracts/values.js';

/** A row is positive when its score is at least this, unless a model says otherwise. */
export const DEFAULT_THRESHOLD = 0.5;
/** Scores are kept this far from 0 and 1 in the logarithmic loss, as in scikit-learn's `log_loss` of doubles. */
const LOG_LOSS_CLIP = Number.EPSILON;

/** `null` where a metric is undefined, as where a class is missing. */
export type MetricValues = Record<MetricName, number | null>;

/** A value for every metric. */
export function forEachMetric<T>(valueOf: (metric: MetricName) => T): Record<MetricName, T> {
  // Object.fromEntries forgets which keys it was given.
  return Object.fromEntries(METRIC_NAMES.map((metric) => [metric, valueOf(metric)])) as Record<MetricName, T>;
}

/**
 * Rows reduced to what threshold metrics need: how many rows of each class share each score. Resampling changes the
 * counts only, so the sort is paid once.
 */
export interface ScoreGroups {
  /** g distinct scores, descending. */
  scores: Float64Array;
  /** g counts of rows of each class. */
  positives: Int32Array;
  negatives: Int32Array;
}

/** @throws RangeError for a score that is no number: the loops below would not end with one */
function scoresOf(scores: Float64Array, labels: Uint8Array, label: number): Float64Array {
  const kept = new Float64Array(scores.length);
  let count = 0;
  for (let i = 0; i < scores.length; i++) if (labels[i] === label) kept[count++] = scores[i]!;
  const sorted = kept.subarray(0, count).sort();
  if (Number.isNaN(sorted[count - 1])) throw new RangeError('a score is not a number'); // NaN sorts last
  return sorted;
}

/**
 * Groups rows by score.
 * @param scores n numbers
 * @param labels n classes, 0 or 1
 * @throws RangeError when a score is NaN
 */
export function groupScores(scores: Float64Array, labels: Uint8Array): ScoreGroups {
  const positive = scoresOf(scores, labels, 1);
  const negative = scoresOf(scores, labels, 0);
  const n = scores.length;
  const groups = { scores: new Float64Array(n), positives: new Int32Array(n), negatives: new Int32Array(n) };
  let count = 0;
  let p = positive.length - 1;
  let q = negative.length - 1;
  while (p >= 0 || q >= 0) {
    const score = Math.max(p >= 0 ? positive[p]! : -Infinity, q >= 0 ? negative[q]! : -Infinity);
    groups.scores[count] = score;
    for (; p >= 0 && positive[p] === score; p--) groups.positives[count]!++;
    for (; q >= 0 && negative[q] === score; q--) groups.negatives[count]!++;
    count++;
  }
  return {
    scores: groups.scores.slice(0, count),
    positives: groups.positives.slice(0, count),
    negatives: groups.negatives.slice(0, count),
  };
}

/** The group of every row with the given label, in row order. */
export function groupIndices(
  { scores: distinct }: ScoreGroups,
  scores: Float64Array,
  labels: Uint8Array,
  label: 0 | 1,
): Int32Array {
  const indices = new Int32Array(scores.length);
  let count = 0;
  for (let i = 0; i < scores.length; i++) {
    if (labels[i] !== label) continue;
    const score = scores[i]!;
    let low = 0;
    let high = distinct.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (distinct[middle]! <= score) high = middle;
      else low = middle + 1;
    }
    indices[count++] = low;
  }
  return indices.subarray(0, count);
}

const ratio = (part: number, whole: number): number | null => (whole > 0 ? part / whole : null);

function confusionOf({ scores, positives, negatives }: ScoreGroups, threshold: number): ConfusionMatrix {
  let truePositives = 0;
  let falsePositives = 0;
  let trueNegatives = 0;
  let falseNegatives = 0;
  let g = 0;
  for (; g < scores.length && scores[g]! >= threshold; g++) {
    truePositives += positives[g]!;
    falsePositives += negatives[g]!;
  }
  for (; g < scores.length; g++) {
    falseNegatives += positives[g]!;
    trueNegatives += negatives[g]!;
  }
  return { truePositives, falsePositives, trueNegatives, falseNegatives };
}

/** Area under the ROC curve as the Mann-Whitney statistic, a tie counting one half (midranks). */
export function rocAuc({ scores, positives, negatives }: ScoreGroups): number | null {
  let above = 0;
  let total = 0;
  let wins = 0;
  for (let g = 0; g < scores.length; g++) {
    wins += negatives[g]! * (above + positives[g]! / 2);
    above += positives[g]!;
    total += negatives[g]!;
  }
  return ratio(wins, above * total);
}

/** Sum of (R_k - R_(k-1)) * P_k over distinct scores, descending: scikit-learn's `average_precision_score`. */
function averagePrecision({ scores, positives, negatives }: ScoreGroups): number | null {
  let found = 0;
  let called = 0;
  let sum = 0;
  for (let g = 0; g < scores.length; g++) {
    const here = positives[g]!;
    called += here + negatives[g]!;
    found += here;
    if (here > 0) sum += (here * found) / called;
  }
  return ratio(sum, found);
}

/** What a row of either class loses, by group of scores. */
interface GroupLosses {
  positive: Float64Array;
  negative: Float64Array;
}

function meanLoss({ positives, negatives }: ScoreGroups, { positive, negative }: GroupLosses): number | null {
  let sum = 0;
  let rows = 0;
  for (let g = 0; g < positives.length; g++) {
    sum += positives[g]! * positive[g]! + negatives[g]! * negative[g]!;
    rows += positives[g]! + negatives[g]!;
  }
  return ratio(sum, rows);
}

const squaredLoss = (likelihood: number): number => (1 - likelihood) ** 2;
const logLoss = (likelihood: number): number =>
  -Math.log(Math.min(Math.max(likelihood, LOG_LOSS_CLIP), 1 - LOG_LOSS_CLIP));

/** Losses of groups by the kind of loss. Resampling leaves them as they are, so they are computed once, when asked for. */
interface LossTables {
  squared: () => GroupLosses;
  logarithmic: () => GroupLosses;
}

/** @param scores g probabilities of the positive class */
export function lossTables(scores: Float64Array): LossTables {
  const lazy = (loss: (likelihood: number) => number) => {
    let known: GroupLosses | undefined;
    return () => (known ??= { positive: scores.map(loss), negative: scores.map((score) => loss(1 - score)) });
  };
  return { squared: lazy(squaredLoss), logarithmic: lazy(logLoss) };
}

type Metric = (groups: ScoreGroups, confusion: ConfusionMatrix, losses: LossTables) => number | null;

/** How each metric is computed from grouped scores and the counts at the threshold. */
const METRICS: Record<MetricName, Metric> = {
  rocAuc,
  averagePrecision,
  accuracy: (_, { truePositives: tp, falsePositives: fp, trueNegatives: tn, falseNegatives: fn }) =>
    ratio(tp + tn, tp + fp + tn + fn),
  balancedAccuracy: (_, { truePositives: tp, falsePositives: fp, trueNegatives: tn, falseNegatives: fn }) => {
    const recall = ratio(tp, tp + fn);
    const specificity = ratio(tn, tn + fp);
    return recall === null || specificity === null ? null : (recall + specificity) / 2;
  },
  recall: (_, { truePositives: tp, falseNegatives: fn }) => ratio(tp, tp + fn),
  precision: (_, { truePositives: tp, falsePositives: fp }) => ratio(tp, tp + fp),
  f1: (_, { truePositives: tp, falsePositives: fp, falseNegatives: fn }) => ratio(2 * tp, 2 * tp + fp + fn),
  specificity: (_, { trueNegatives: tn, falsePositives: fp }) => ratio(tn, tn + fp),
  brier: (groups, _, losses) => meanLoss(groups, losses.squared()),
  logLoss: (groups, _, losses) => meanLoss(groups, losses.logarithmic()),
};

/** All metrics of grouped scores, and the counts behind them. */
export function groupedMetrics(
  groups: ScoreGroups,
  threshold: number,
  losses: LossTables,
): { values: MetricValues; confusion: ConfusionMatrix } {
  const confusion = confusionOf(groups, threshold);
  return { values: forEachMetric((metric) => METRICS[metric](groups, confusion, losses)), confusion };
}

/**
 * Measures scores against the truth.
 * @param scores n probabilities of the positive class, in [0, 1]
 * @param labels n classes, 0 or 1
 * @param threshold a row is called positive when its score is at least this
 * @returns every metric, `null` (never NaN) where it is undefined, and the counts at the threshold
 */
export function metricValues(
  scores: Float64Array,
  labels: Uint8Array,
  threshold: number,
): { values: MetricValues; confusion: ConfusionMatrix } {
  const groups = groupScores(scores, labels);
  return groupedMetrics(groups, threshold, lossTables(groups.scores));
}
