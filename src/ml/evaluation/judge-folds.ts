import type { ConfusionMatrix } from '../../contracts/metrics.js';
import { applied, type DecisionPolicy, learnDecision } from './decision.js';
import { metricValues, type MetricValues } from './metrics.js';

/** A fold's rows with scores from a model that was not fitted on them; n of each. */
export interface ScoredFold {
  /** In [0, 1], not calibrated. */
  scores: Float64Array;
  /** Classes, 0 or 1. */
  labels: Uint8Array;
}

export interface JudgedFold {
  values: MetricValues;
  /** Counts at the threshold that the fold was judged with. */
  confusion: ConfusionMatrix;
  /** Calibrated, in the fold's order. */
  scores: Float64Array;
  threshold: number;
}

/**
 * Measures every fold of one repeat with the calibration and the threshold that its siblings' scores ask for
 * (cross-fitting): no label of a fold decides how that fold is calibrated or cut. A little leaks all the same: the
 * models that scored the siblings were fitted on this fold's rows, as they are in any cross-validation. With neither a
 * calibration nor a rule that looks at scores, every fold is measured as it is.
 */
export function judgeFolds(folds: readonly ScoredFold[], policy: DecisionPolicy): JudgedFold[] {
  return folds.map(({ scores, labels }, fold) => {
    const others = joined(folds.filter((_, other) => other !== fold));
    const { calibration, threshold } = learnDecision(policy, others.scores, others.labels);
    const probabilities = applied(calibration, scores);
    return { ...metricValues(probabilities, labels, threshold), scores: probabilities, threshold };
  });
}

/** The rows of all folds, one fold after the other. */
export function joined(folds: readonly ScoredFold[]): ScoredFold {
  const rows = folds.reduce((sum, { labels }) => sum + labels.length, 0);
  const all = { scores: new Float64Array(rows), labels: new Uint8Array(rows) };
  let start = 0;
  for (const { scores, labels } of folds) {
    all.scores.set(scores, start);
    all.labels.set(labels, start);
    start += labels.length;
  }
  return all;
}
