import type { Calibration } from '../contracts/learner.js';
import type { Estimate, TimeWindow } from '../contracts/values.js';
import type { PerformancePolicy } from '../contracts/definition.js';
import type { EstimatedPerformance, Performance, PerformanceFinding } from '../contracts/monitoring.js';
import { decimals, signedDecimals } from '../contracts/text.js';
import { calibrationError, calibrationTable, calibrated } from '../ml/evaluation/calibration.js';
import { bootstrapIntervals } from '../ml/evaluation/intervals.js';
import { DEFAULT_THRESHOLD } from '../ml/evaluation/metrics.js';
import { microaggregatedEach } from '../ml/microaggregate.js';
import { countPositives } from '../ml/table.js';

/** Level of the intervals: a value below one is below with 95 % confidence. */
const PERFORMANCE_CONFIDENCE = 0.9;

const METRIC_TITLES = { rocAuc: 'ROC AUC', accuracy: 'accuracy', recall: 'recall' } as const;

/** Labelled predictions of a window; n of each. */
interface LabelledPredictions {
  /** Probabilities of the positive class. */
  scores: Float64Array;
  /** What the model decided, 0 or 1. */
  predictions: Uint8Array;
  /** What was true, 0 or 1. */
  labels: Uint8Array;
}

/**
 * Measures predictions against labels, with stratified bootstrap intervals at `PERFORMANCE_CONFIDENCE`. Accuracy and
 * recall are of the decisions as they were answered.
 * @param seed of the bootstrap
 */
export function measurePerformance(
  { scores, predictions, labels }: LabelledPredictions,
  { seed }: { seed: number },
): Performance {
  const how = { labels, threshold: DEFAULT_THRESHOLD, confidence: PERFORMANCE_CONFIDENCE, seed };
  const ofScores = bootstrapIntervals({ scores, ...how });
  const ofDecisions = bootstrapIntervals({ scores: Float64Array.from(predictions), ...how });
  return {
    rows: labels.length,
    positives: countPositives(labels),
    metrics: {
      rocAuc: ofScores.rocAuc,
      accuracy: ofDecisions.accuracy,
      recall: ofDecisions.recall,
      brier: ofScores.brier,
    },
    calibrationError: calibrationError(calibrationTable(scores, labels)),
    calibration: calibrationTable(microaggregatedEach(scores), labels),
  };
}

/** What performance is judged from. */
interface PerformanceEvidence {
  /** `null` without labels. */
  performance: Performance | null;
  /** Labels on file that no prediction of this version in the window has. */
  unmatchedLabels: number;
  /** Of the rows of the check's own window, which is shorter than `window`; `null` without any. */
  estimated: EstimatedPerformance | null;
  policy: PerformancePolicy;
  /** The metric cross-validated at training. */
  reference: Estimate;
  window: TimeWindow;
}

/**
 * Judges the measured metric against the cross-validated one. It is lost when the interval of their difference lies
 * below minus `maximumLoss`; with fewer than `minimumPerClass` labelled rows of either class, or without a reference,
 * insufficient. An estimate without labels is told, never judged.
 */
export function judgePerformance(evidence: PerformanceEvidence): PerformanceFinding {
  const { performance, estimated, policy, reference, window } = evidence;
  const measured = performance === null || performance.rows === 0 ? null : performance;
  return {
    ...(measured === null ? { state: 'none', found: describeUnlabelled(evidence) } : judge(measured, evidence)),
    window,
    measured,
    estimated,
    metric: policy.metric,
    reference: reference.value,
  };
}

function judge(
  { rows, positives, metrics }: Performance,
  { policy, reference }: PerformanceEvidence,
): Pick<PerformanceFinding, 'state' | 'found'> {
  const { metric, minimumPerClass, maximumLoss } = policy;
  const negatives = rows - positives;
  if (Math.min(positives, negatives) < minimumPerClass) {
    const found = `Labels are known for ${positives} positive and ${negatives} negative predictions, too few to judge performance: ${minimumPerClass} of each are needed.`;
    return { state: 'insufficient', found };
  }
  const { value, low, high } = metrics[metric];
  const title = METRIC_TITLES[metric];
  if (value === null || low === null || high === null || reference.value === null) {
    return { state: 'insufficient', found: `${title} is not defined at training, so its loss cannot be judged.` };
  }
  const most = upperDifference({ value, high }, { value: reference.value, low: reference.low ?? reference.value });
  const lost = most < -maximumLoss;
  const interval = `${title} is ${decimals(value)} (${decimals(low)} to ${decimals(high)}) on ${rows} labelled predictions`;
  const change = `${signedDecimals(value - reference.value)} against ${decimals(reference.value)} at training, at most ${signedDecimals(most)} as both are uncertain`;
  return {
    state: lost ? 'lost' : 'kept',
    found: `${interval}, ${change}; ${lost ? 'more than' : 'that is not surely more than'} the allowed loss of ${maximumLoss}.`,
  };
}

/**
 * Upper limit of the difference of two independent estimates from their own limits: d + sqrt((u1 - x1)^2 + (x2 - l2)^2)
 * (MOVER; Zou and Donner 2008, Statistics in Medicine 27, 1693-1702). The reference's interval is of the definition's
 * level, 95 % by default, and so not narrower than one of `PERFORMANCE_CONFIDENCE`: it errs towards no alarm.
 */
const upperDifference = (now: { value: number; high: number }, then: { value: number; low: number }): number =>
  now.value - then.value + Math.hypot(now.high - now.value, then.value - then.low);

function describeUnlabelled({
  estimated,
  unmatchedLabels,
  policy: { metric },
  reference,
}: PerformanceEvidence): string {
  const none =
    unmatchedLabels === 0
      ? 'No label of the window is known'
      : `None of the ${unmatchedLabels} labels on file is of a prediction of this version in the window`;
  const value = estimated?.metrics[metric] ?? null;
  if (value === null) return `${none}.`;
  const atTraining = reference.value === null ? '' : ` (${decimals(reference.value)} at training)`;
  return `${none}; calibrated scores of the rows of this check alone let ${METRIC_TITLES[metric]} ${decimals(value)}${atTraining} be expected, as long as scores mean what they did.`;
}

/** Predictions whose labels are not known; n of each. */
interface UnlabelledPredictions {
  /** Scores of the positive class as the model gave them. */
  scores: Float64Array;
  /** What the model decided, 0 or 1. */
  predictions: Uint8Array;
}

/**
 * Confidence-based performance estimation (CBPE; Garg et al. 2022, Leveraging Unlabeled Data to Predict
 * Out-of-Distribution Performance, and NannyML's binary estimator): with p the calibrated probability of a row, a row called positive is right with
 * probability p, one called negative with 1 - p. Expected counts give accuracy and recall; ROC AUC takes each row as p
 * of a positive and 1 - p of a negative.
 *
 * It sees what a shift of the inputs does to a model whose probabilities still hold. It cannot see a change of what the
 * inputs mean (concept drift): the scores look as before.
 * @returns `null` for metrics without rows, or without an expected positive (and, for ROC AUC, negative)
 */
export function estimatePerformance(
  { scores, predictions }: UnlabelledPredictions,
  calibration: Calibration,
): EstimatedPerformance {
  const probabilities = calibrated(calibration, scores);
  let positives = 0;
  let truePositives = 0;
  let right = 0;
  for (let i = 0; i < scores.length; i++) {
    const probability = probabilities[i]!;
    positives += probability;
    if (predictions[i] === 1) truePositives += probability;
    right += predictions[i] === 1 ? probability : 1 - probability;
  }
  const rows = scores.length;
  return {
    rows,
    metrics: {
      rocAuc: expectedRocAuc(scores, calibration),
      accuracy: rows > 0 ? right / rows : null,
      recall: positives > 0 ? truePositives / positives : null,
    },
  };
}

/** The Mann-Whitney statistic over fractional positives and negatives, a tie counting one half. */
function expectedRocAuc(scores: Float64Array, calibration: Calibration): number | null {
  const ascending = scores.slice().sort();
  const probabilities = calibrated(calibration, ascending);
  let positives = 0;
  let negatives = 0;
  let wins = 0;
  for (let start = 0; start < ascending.length;) {
    let end = start + 1; // one at least, whatever the score equals
    let here = probabilities[start]!;
    for (; end < ascending.length && ascending[end] === ascending[start]; end++) here += probabilities[end]!;
    const against = end - start - here;
    wins += here * (negatives + against / 2);
    positives += here;
    negatives += against;
    start = end;
  }
  return positives > 0 && negatives > 0 ? wins / (positives * negatives) : null;
}
