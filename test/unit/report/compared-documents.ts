import type { VersionComparison, TrainingReport, ChampionComparison } from '../../../src/contracts/results.js';
import { METRIC_NAMES } from '../../../src/contracts/vocabulary.js';
import { trainingReport } from './training-documents.js';

/** By metric: candidate, champion, ends of the interval. */
const VALUES: Partial<Record<keyof VersionComparison['metrics'], [number, number, number, number]>> = {
  rocAuc: [0.962, 0.94, -0.004, 0.049],
  recall: [0.911, 0.842, 0.021, 0.118],
  specificity: [0.902, 0.941, -0.072, -0.008],
  f1: [0.8, 0.8, 0, 0],
  brier: [0.061, 0.079, 0.004, 0.031],
};

/** A run whose candidate was measured on 214 rows that neither it nor version 2 had seen; its precision is undefined. */
export function comparedReport(): TrainingReport {
  const report = trainingReport();
  const { gate } = report.status;
  const onCommonRows: VersionComparison = {
    rows: 214,
    positives: 57,
    confidence: 0.9,
    metrics: Object.fromEntries(
      METRIC_NAMES.map((metric) => {
        if (metric === 'precision') return [metric, { a: null, b: 0.8, difference: null }];
        const [a, b, low, high] = VALUES[metric] ?? [0.9, 0.88, -0.01, 0.05];
        const value = metric === 'brier' || metric === 'logLoss' ? b - a : a - b;
        return [metric, { a, b, difference: { value, low, high } }];
      }),
    ) as VersionComparison['metrics'],
  };
  const comparison: ChampionComparison = {
    ...{ version: 2, rows: 214, confidence: 0.9, onCommonRows },
    metric: 'rocAuc',
    basis: 'holdout',
    difference: onCommonRows.metrics.rocAuc.difference!,
  };
  return { ...report, status: { ...report.status, gate: { ...gate!, comparison } } };
}
