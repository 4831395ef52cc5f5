import { METRIC_NAMES } from '../../../src/contracts/vocabulary.js';
import type { MetricTable } from '../../../src/contracts/values.js';
import type { LeaderboardRow } from '../../../src/contracts/results.js';
import { around, SHA } from './made-up.js';

/** Metrics that go with a ROC AUC and a recall. @param half half the width of their intervals */
export function metricsOf(rocAuc: number, recall: number, half: number): MetricTable {
  const values = [
    rocAuc,
    rocAuc - 0.04,
    0.62 + rocAuc / 3,
    0.6 + rocAuc / 3,
    recall,
    recall,
    recall,
    0.97,
    0.2 - rocAuc / 6,
    0.6 - rocAuc / 2,
  ];
  return Object.fromEntries(METRIC_NAMES.map((name, index) => [name, around(values[index]!, half)])) as MetricTable;
}

const OPTIONS = {
  'logistic-regression': { inverseRegularization: 1, maxIterations: 100 },
  cart: { maxDepth: 3, minLeafRows: 5, exactUpToRows: 1000 },
  'random-forest': { trees: 50, maxDepth: 6, minLeafRows: 3, featuresPerSplit: 0 },
};

/** A row of a made-up leaderboard. @param half half the width of its intervals */
export function candidate(
  name: keyof typeof OPTIONS,
  without: string | null,
  rocAuc: number,
  recall: number,
  half: number,
): LeaderboardRow {
  return {
    candidate: name,
    kind: name,
    without,
    metrics: metricsOf(rocAuc, recall, half),
    confusion: {
      truePositives: Math.round(210 * recall) / 10,
      falsePositives: 2.1,
      trueNegatives: 59.9,
      falseNegatives: 21 - Math.round(210 * recall) / 10,
    },
    rows: 83,
    folds: 5,
    repeats: 10,
    foldMetrics: { uri: 'file:///store/fold-metrics', sha256: SHA('5'), bytes: 2048 },
    options: OPTIONS[name],
    search: null,
    warnings: [],
  };
}
