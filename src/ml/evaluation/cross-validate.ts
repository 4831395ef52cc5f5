import type { ConfusionMatrix } from '../../contracts/metrics.js';
import type { LeaderboardRow, Warning, FoldMetrics } from '../../contracts/results.js';
import type { DecisionPolicy } from './decision-threshold.js';
import { type FoldInput, type JudgedFold, judgeFolds, outOfFoldScores } from './folds.js';
import { resampledInterval } from './intervals.js';
import { forEachMetric } from './metrics.js';

/** Rows times repeats: large tables are validated with fewer repeats, at least one. */
const MAX_ROW_VISITS = 100_000;

/** `rows`: the training rows or a sample of them. */
export interface CrossValidation extends FoldInput {
  validation: { folds: number; repeats: number; confidence: number };
  decision: DecisionPolicy;
  seed: number;
  /** Called after every fold with the folds done and to do. */
  onFold?: (done: number, total: number) => void;
}

type CrossValidated = RepeatsSummary & Pick<LeaderboardRow, 'repeats' | 'folds' | 'rows' | 'warnings'>;

function affordableRepeats(rows: number, wanted: number): { repeats: number; warnings: Warning[] } {
  const repeats = Math.max(1, Math.min(wanted, Math.floor(MAX_ROW_VISITS / rows)));
  const message = `cross-validation on ${rows} rows was repeated ${repeats} instead of ${wanted} times, to stay within ${MAX_ROW_VISITS} rows in all.`;
  return { repeats, warnings: repeats < wanted ? [{ code: 'sampled-validation', message }] : [] };
}

/**
 * Repeated stratified k-fold cross-validation of one candidate. Folds depend on seed, repeat and labels only, so all
 * candidates meet the same ones. Every fold is calibrated and cut as its siblings of the same repeat ask for.
 */
export function crossValidate(input: CrossValidation): CrossValidated {
  const { rows, validation, decision, seed, onFold } = input;
  const { folds, confidence } = validation;
  const { repeats, warnings } = affordableRepeats(rows.length, validation.repeats);
  const judged: JudgedFold[][] = [];
  for (let repeat = 0; repeat < repeats; repeat++) {
    const before = repeat * folds;
    const scored = outOfFoldScores({
      ...{ ...input, folds, ...repeatSeeds(seed, repeat, folds) },
      onFold: (done) => onFold?.(before + done, folds * repeats),
    });
    judged.push(judgeFolds(scored, decision));
    addWarnings(
      warnings,
      scored.flatMap((fold) => fold.warnings),
    );
  }
  return { ...summarizeRepeats(judged, confidence), rows: rows.length, folds, repeats, warnings };
}

/** Seeds of one repeat: of its folds, the same for all candidates, and of the learner in the first of them. */
export const repeatSeeds = (seed: number, repeat: number, folds: number) => ({
  seed: seed + repeat,
  learnerSeed: seed + repeat * folds,
});

/** Adds those of a code that is not there yet. */
export function addWarnings(warnings: Warning[], more: readonly Warning[]): void {
  for (const warning of more) if (!warnings.some(({ code }) => code === warning.code)) warnings.push(warning);
}

/** What cross-validation found. */
interface RepeatsSummary extends Pick<LeaderboardRow, 'metrics' | 'confusion'> {
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
