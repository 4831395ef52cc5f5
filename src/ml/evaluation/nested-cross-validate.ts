import type { CandidateDefinition } from '../../contracts/definition.js';
import { type MetricName, LOWER_IS_BETTER } from '../../contracts/metrics.js';
import { repeatSeeds } from './cross-validate.js';
import type { DecisionPolicy } from './decision-threshold.js';
import { type FoldInput, type FoldScores, scoreFold, judgeFolds, outOfFoldScores } from './folds.js';
import { positionsWhere, stratifiedFolds } from './split.js';

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
