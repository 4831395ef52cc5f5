import type { Estimate } from '../../contracts/metrics.js';
import type { EstimatedPerformance, Performance, PerformanceFinding, TimeWindow } from '../../contracts/monitoring.js';
import type { PerformancePolicy } from '../../contracts/monitoring-policy.js';
import { calibrationError, calibrationTable } from '../calibration-table.js';
import { bootstrapIntervals } from '../intervals.js';
import { DEFAULT_THRESHOLD } from '../metrics.js';

/** Level of the intervals: performance below one is lost with 95 % confidence. */
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
  const calibration = calibrationTable(scores, labels);
  return {
    rows: labels.length,
    positives: labels.reduce((sum, label) => sum + label, 0),
    metrics: {
      rocAuc: ofScores.rocAuc,
      accuracy: ofDecisions.accuracy,
      recall: ofDecisions.recall,
      brier: ofScores.brier,
    },
    calibrationError: calibrationError(calibration),
    calibration,
  };
}

/** What performance is judged from. */
export interface PerformanceEvidence {
  /** `null` without labels. */
  performance: Performance | null;
  /** Labels on file that no prediction of this version in the window has. */
  unmatchedLabels: number;
  /** `null` when scores were not calibrated at training. */
  estimated: EstimatedPerformance | null;
  policy: PerformancePolicy;
  /** The metric cross-validated at training. */
  reference: Estimate;
  window: TimeWindow;
}

/**
 * Judges the measured metric against the cross-validated one. It is lost when the upper end of its interval is more than
 * `maximumLoss` below; with fewer than `minimumPerClass` labelled rows of either class, or without a reference,
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
  const lost = high < reference.value - maximumLoss;
  const interval = `${title} is ${decimals(value)} (${decimals(low)} to ${decimals(high)}) on ${rows} labelled predictions`;
  const limit = `${decimals(reference.value)} at training less the allowed ${maximumLoss}`;
  return {
    state: lost ? 'lost' : 'kept',
    found: `${interval}; ${lost ? 'all of the interval is below' : 'the interval reaches'} ${limit}.`,
  };
}

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
  return `${none}; calibrated scores alone let ${METRIC_TITLES[metric]} ${decimals(value)}${atTraining} be expected, as long as scores mean what they did.`;
}

const decimals = (value: number): string => value.toFixed(3);
