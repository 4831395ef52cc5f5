import type { ConfusionMatrix } from '../../contracts/metrics.js';
import type { FoldMetrics, LeaderboardRow } from '../../contracts/results.js';
import { resampledInterval } from './intervals.js';
import type { JudgedFold } from './judge-folds.js';
import { forEachMetric } from './metrics.js';

/** What cross-validation found. */
export interface RepeatsSummary extends Pick<LeaderboardRow, 'metrics' | 'confusion'> {
  foldMetrics: FoldMetrics;
}

/**
 * Metrics averaged over the folds of all repeats, with corrected resampled t intervals; the confusion matrix is the mean
 * over repeats of the folds' summed counts.
 * @param repeats the judged folds of each repeat, as many in every one, at least 2
 * @param confidence level of the intervals
 */
export function summarizeRepeats(
  repeats: readonly Pick<JudgedFold, 'values' | 'confusion'>[][],
  confidence: number,
): RepeatsSummary {
  const judged = repeats.flat();
  const confusion = { truePositives: 0, falsePositives: 0, trueNegatives: 0, falseNegatives: 0 };
  for (const fold of judged) addCounts(confusion, fold.confusion, repeats.length);
  const foldMetrics = forEachMetric((metric) => judged.map(({ values }) => values[metric]));
  const testTrainRatio = 1 / (judged.length / repeats.length - 1);
  const metrics = forEachMetric((metric) => resampledInterval(metric, foldMetrics[metric], testTrainRatio, confidence));
  return { metrics, confusion, foldMetrics };
}

function addCounts(total: ConfusionMatrix, part: ConfusionMatrix, repeats: number): void {
  total.truePositives += part.truePositives / repeats;
  total.falsePositives += part.falsePositives / repeats;
  total.trueNegatives += part.trueNegatives / repeats;
  total.falseNegatives += part.falseNegatives / repeats;
}
