import type { CandidateDefinition } from '../../contracts/definition.js';
import { type MetricName, LOWER_IS_BETTER } from '../../contracts/vocabulary.js';
import type { ConfusionMatrix, Warning } from '../../contracts/values.js';
import type { LeaderboardRow, FoldMetrics } from '../../contracts/results.js';
import type { DecisionPolicy } from './decision-threshold.js';
import { type FoldInput, type JudgedFold, judgeFolds, outOfFoldScores, type FoldScores, scoreFold } from './folds.js';
import { resampledInterval } from './intervals.js';
import { forEachMetric } from './metrics.js';
import { positionsWhere } from '../table.js';
import { stratifiedFolds } from './split.js';

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
      ...input,
      ...repeatSeeds(seed, repeat, folds),
      folds,
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
const repeatSeeds = (seed: number, repeat: number, folds: number) => ({
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

/** One repeat of nested cross-validation. */
export interface NestedRepeat extends Omit<FoldInput, 'candidate'> {
  /** One candidate with the options of each trial, at least one. */
  trials: CandidateDefinition[];
  /** Outer folds, each scored by a model whose options were chosen without it. */
  folds: number;
  /** Folds within each outer training part; at most the rows of the smaller class there. */
  innerFolds: number;
  /** What options are chosen by. */
  metric: MetricName;
  decision: DecisionPolicy;
  /** Of the definition. */
  seed: number;
  /** 0 for the first; its outer folds are those of the same repeat of `crossValidate`. */
  repeat: number;
  /** Called after every trial of every outer fold with those done and to do. */
  onTrial?: (done: number, total: number) => void;
}

interface NestedFold extends FoldScores {
  /** Position in `trials` of the one that was chosen for this fold. */
  winner: number;
}

/**
 * An estimate of the whole procedure, the choice of options included (Varma & Simon 2006, Bias in error estimation when
 * using cross-validation for model selection): in each outer training part every trial is cross-validated anew, and the
 * best of them, refitted on all of that part, scores the outer fold.
 * @returns one for each outer fold, in their order; positions are of `rows`
 */
export function nestedRepeat(input: NestedRepeat): NestedFold[] {
  const { table, rows, trials, folds, repeat, onTrial } = input;
  const { seed, learnerSeed } = repeatSeeds(input.seed, repeat, folds);
  const outer = stratifiedFolds(table.labels, rows, folds, seed, table.groups);
  return Array.from({ length: folds }, (_, fold) => {
    const train = positionsWhere(rows.length, (i) => outer[i] !== fold).map((position) => rows[position]!);
    const values = trials.map((candidate, trial) => {
      const value = innerValue({ ...input, rows: train }, candidate, seed);
      onTrial?.(fold * trials.length + trial + 1, folds * trials.length);
      return value;
    });
    const [winner] = rankTrials(values, input.metric) as [number];
    return { ...scoreFold({ ...input, candidate: trials[winner]! }, outer, fold, learnerSeed + fold), winner };
  });
}

/** A trial's mean over inner folds, as `crossValidate` would have it of one repeat; `null` where it is undefined. */
function innerValue(input: NestedRepeat, candidate: CandidateDefinition, seed: number): number | null {
  if (input.trials.length === 1) return null; // nothing to choose from
  const { innerFolds, decision, metric } = input;
  const judged = judgeFolds(outOfFoldScores({ ...input, candidate, folds: innerFolds, seed }), decision);
  const values = judged.map((fold) => fold.values[metric]).filter((value) => value !== null);
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
}

/**
 * Positions of trials by their value of a metric, best first; undefined values come last, of equal ones the earlier
 * comes first.
 */
export function rankTrials(values: readonly (number | null)[], metric: MetricName): number[] {
  const sign = LOWER_IS_BETTER.has(metric) ? -1 : 1;
  const quality = values.map((value) => (value === null ? -Infinity : sign * value));
  return values.map((_, position) => position).sort((a, b) => compared(quality[b]!, quality[a]!) || a - b);
}

const compared = (a: number, b: number): number => (a === b ? 0 : a < b ? -1 : 1);
