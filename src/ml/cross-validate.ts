import type { ConfusionMatrix } from '../contracts/metrics.js';
import type { FoldMetrics, LeaderboardRow, Warning } from '../contracts/results.js';
import type { DecisionPolicy } from './decision.js';
import type { FoldInput } from './fold.js';
import { resampledInterval } from './intervals.js';
import { judgeFolds } from './judge-folds.js';
import { forEachMetric, type MetricValues } from './metrics.js';
import { outOfFoldScores } from './out-of-fold.js';

/** Rows times repeats: large tables are validated with fewer repeats, at least one. */
export const MAX_ROW_VISITS = 100_000;

/** `rows`: the training rows or a sample of them. */
export interface CrossValidation extends FoldInput {
  validation: { folds: number; repeats: number; confidence: number };
  decision: DecisionPolicy;
  seed: number;
  /** Called after every fold with the folds done and to do. */
  onFold?: (done: number, total: number) => void;
}

export interface CrossValidated extends Pick<
  LeaderboardRow,
  'metrics' | 'confusion' | 'repeats' | 'folds' | 'rows' | 'warnings'
> {
  foldMetrics: FoldMetrics;
}

function affordableRepeats(rows: number, wanted: number): { repeats: number; warnings: Warning[] } {
  const repeats = Math.max(1, Math.min(wanted, Math.floor(MAX_ROW_VISITS / rows)));
  const message = `cross-validation on ${rows} rows was repeated ${repeats} instead of ${wanted} times, to stay within ${MAX_ROW_VISITS} rows in all.`;
  return { repeats, warnings: repeats < wanted ? [{ code: 'sampled-validation', message }] : [] };
}

function addCounts(total: ConfusionMatrix, part: ConfusionMatrix, repeats: number): void {
  total.truePositives += part.truePositives / repeats;
  total.falsePositives += part.falsePositives / repeats;
  total.trueNegatives += part.trueNegatives / repeats;
  total.falseNegatives += part.falseNegatives / repeats;
}

/**
 * Repeated stratified k-fold cross-validation of one candidate. Folds depend on seed, repeat and labels only, so all
 * candidates meet the same ones. Every fold is calibrated and cut as its siblings of the same repeat ask for. Metrics
 * are averaged over folds, with corrected resampled t intervals; the confusion matrix is the mean over repeats of the
 * folds' summed counts.
 */
export function crossValidate(input: CrossValidation): CrossValidated {
  const { rows, validation, decision, seed, onFold } = input;
  const { folds, confidence } = validation;
  const { repeats, warnings } = affordableRepeats(rows.length, validation.repeats);
  const values: MetricValues[] = [];
  const confusion = { truePositives: 0, falsePositives: 0, trueNegatives: 0, falseNegatives: 0 };
  for (let repeat = 0; repeat < repeats; repeat++) {
    const before = values.length;
    const scored = outOfFoldScores({
      ...{ ...input, folds, seed: seed + repeat, learnerSeed: seed + before },
      onFold: (done) => onFold?.(before + done, folds * repeats),
    });
    for (const judged of judgeFolds(scored, decision)) {
      values.push(judged.values);
      addCounts(confusion, judged.confusion, repeats);
    }
    for (const warning of scored.flatMap((fold) => fold.warnings)) {
      if (!warnings.some(({ code }) => code === warning.code)) warnings.push(warning);
    }
  }
  const foldMetrics = forEachMetric((metric) => values.map((value) => value[metric]));
  const testTrainRatio = 1 / (folds - 1);
  const metrics = forEachMetric((metric) => resampledInterval(metric, foldMetrics[metric], testTrainRatio, confidence));
  return { metrics, confusion, foldMetrics, rows: rows.length, folds, repeats, warnings };
}
