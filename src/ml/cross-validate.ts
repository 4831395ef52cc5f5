import type { ConfusionMatrix } from '../contracts/metrics.js';
import type { LeaderboardRow, Warning } from '../contracts/results.js';
import { scoreFold, type FoldInput } from './fold.js';
import { resampledInterval } from './intervals.js';
import { DEFAULT_THRESHOLD, forEachMetric, metricValues, type MetricValues } from './metrics.js';
import { stratifiedFolds } from './split.js';

/** Rows times repeats: large tables are validated with fewer repeats, at least one. */
export const MAX_ROW_VISITS = 100_000;

/** `rows`: the training rows or a sample of them. */
export interface CrossValidation extends FoldInput {
  validation: { folds: number; repeats: number; confidence: number };
  seed: number;
  /** Called after every fold with the folds done and to do. */
  onFold?: (done: number, total: number) => void;
}

export type CrossValidated = Pick<LeaderboardRow, 'metrics' | 'confusion' | 'repeats' | 'folds' | 'rows' | 'warnings'>;

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
 * candidates meet the same ones. Metrics are averaged over folds, with corrected resampled t intervals; the confusion
 * matrix is the mean over repeats of the folds' summed counts at threshold 0.5.
 */
export function crossValidate(input: CrossValidation): CrossValidated {
  const { table, rows, validation, seed, onFold } = input;
  const { folds, confidence } = validation;
  const { repeats, warnings } = affordableRepeats(rows.length, validation.repeats);
  const total = folds * repeats;
  const values: MetricValues[] = [];
  const confusion = { truePositives: 0, falsePositives: 0, trueNegatives: 0, falseNegatives: 0 };
  for (let repeat = 0; repeat < repeats; repeat++) {
    const assigned = stratifiedFolds(table.labels, rows, folds, seed + repeat);
    for (let fold = 0; fold < folds; fold++) {
      const { scores, labels, warnings: found } = scoreFold(input, assigned, fold, seed + values.length);
      const measured = metricValues(scores, labels, DEFAULT_THRESHOLD);
      values.push(measured.values);
      addCounts(confusion, measured.confusion, repeats);
      for (const warning of found) {
        if (!warnings.some(({ code }) => code === warning.code)) warnings.push(warning);
      }
      onFold?.(values.length, total);
    }
  }
  const testTrainRatio = 1 / (folds - 1);
  const metrics = forEachMetric((metric) =>
    resampledInterval(
      metric,
      values.map((value) => value[metric]),
      testTrainRatio,
      confidence,
    ),
  );
  return { metrics, confusion, rows: rows.length, folds, repeats, warnings };
}
