import type { CandidateDefinition } from '../contracts/definition.js';
import type { ConfusionMatrix } from '../contracts/metrics.js';
import type { FeatureColumn, FittedModel } from '../contracts/model.js';
import type { LeaderboardRow, Warning } from '../contracts/results.js';
import { resampledInterval } from './intervals.js';
import { fitCandidate } from './learners.js';
import { DEFAULT_THRESHOLD, forEachMetric, metricValues, type MetricValues } from './metrics.js';
import { fitFeatures } from './preprocess.js';
import { stratifiedFolds } from './split.js';
import type { Table } from './table.js';

/** Rows times repeats: large tables are validated with fewer repeats, at least one. */
export const MAX_ROW_VISITS = 100_000;

/** The pure predictor, passed in because it belongs to serving. @returns one score per position of `rows`. */
export type ScoreRows = (model: FittedModel, columns: Float64Array[], rows: Int32Array) => Float64Array;

export interface CrossValidation {
  table: Table;
  /** Indices of the rows to validate on, the training rows or a sample of them. */
  rows: Int32Array;
  /** One per column of `table`. */
  columns: FeatureColumn[];
  candidate: CandidateDefinition;
  validation: { folds: number; repeats: number; confidence: number };
  seed: number;
  score: ScoreRows;
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

/** Fits on all folds but one, everything that is learnt included, and measures on that one. */
function validateFold(input: CrossValidation, folds: Uint8Array, fold: number, seed: number) {
  const { table, rows, columns, candidate, score } = input;
  const train = rows.filter((_, i) => folds[i] !== fold);
  const test = rows.filter((_, i) => folds[i] === fold);
  const features = fitFeatures(columns, table, train);
  const { estimator, warnings } = fitCandidate(candidate, table, train, features, seed);
  const scores = score({ features, estimator }, table.columns, test);
  const labels = Uint8Array.from(test, (row) => table.labels[row]!);
  return { warnings, ...metricValues(scores, labels, DEFAULT_THRESHOLD) };
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
      const result = validateFold(input, assigned, fold, seed + values.length);
      values.push(result.values);
      addCounts(confusion, result.confusion, repeats);
      for (const warning of result.warnings) {
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
