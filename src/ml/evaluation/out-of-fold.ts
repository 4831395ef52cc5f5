import { type FoldInput, type FoldScores, scoreFold } from './fold.js';
import { stratifiedFolds } from './split.js';

export interface OutOfFold extends FoldInput {
  /** At least 2, and at most the rows of the smaller class. */
  folds: number;
  /** Deals the rows to folds. */
  seed: number;
  /** Of the learner in the first fold, one more in each fold after it; `seed` by default. */
  learnerSeed?: number;
  /** Called after every fold with the folds done and to do. */
  onFold?: (done: number, total: number) => void;
}

/**
 * Scores every row with a model that has not seen it: one repeat of stratified k-fold cross-validation. With the seed of
 * `crossValidate` these are the scores of its first repeat.
 * @returns one for each fold, in their order; positions are of `rows`
 */
export function outOfFoldScores(input: OutOfFold): FoldScores[] {
  const { table, rows, folds, seed, learnerSeed = seed, onFold } = input;
  const assigned = stratifiedFolds(table.labels, rows, folds, seed, table.groups);
  return Array.from({ length: folds }, (_, fold) => {
    const scored = scoreFold(input, assigned, fold, learnerSeed + fold);
    onFold?.(fold + 1, folds);
    return scored;
  });
}

/**
 * Scores of folds in the order of the rows that were dealt to them.
 * @param scores one array per fold, in the order of its positions
 */
export function inRowOrder(folds: readonly Pick<FoldScores, 'positions'>[], scores: Float64Array[]): Float64Array {
  const all = new Float64Array(scores.reduce((sum, { length }) => sum + length, 0));
  folds.forEach(({ positions }, fold) => positions.forEach((position, i) => (all[position] = scores[fold]![i]!)));
  return all;
}
