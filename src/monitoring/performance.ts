import type { Estimate } from '../contracts/metrics.js';
import type { EstimatedPerformance, Performance, PerformanceFinding, TimeWindow } from '../contracts/monitoring.js';
import type { PerformancePolicy } from '../contracts/definition.js';
import { decimals, signedDecimals } from '../contracts/text.js';
import { calibrationError, calibrationTable } from '../ml/evaluation/calibration.js';
import { bootstrapIntervals } from '../ml/evaluation/intervals.js';
import { DEFAULT_THRESHOLD } from '../ml/evaluation/metrics.js';
import { microaggregatedEach } from '../ml/microaggregate.js';

/** Level of the intervals: a value below one is below with 95 % confidence. */
export const PERFORMANCE_CONFIDENCE = 0.9;

const METRIC_TITLES = { rocAuc: 'ROC AUC', accuracy: 'accuracy', recall: 'recall' } as const;

/** Labelled predictions of a window; n of each. */
export interface LabelledPredictions {
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
  const ofScores = bootstrapIntervals(scores, labels, DEFAULT_THRESHOLD, PERFORMANCE_CONFIDENCE, seed);
  const decisions = Float64Array.from(predictions);
  const ofDecisions = bootstrapIntervals(decisions, labels, DEFAULT_THRESHOLD, PERFORMANCE_CONFIDENCE, seed);
  return {
    rows: labels.length,
    positives: labels.reduce((sum, label) => sum + label, 0),
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
export interface PerformanceEvidence {
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
