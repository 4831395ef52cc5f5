import { scoreFold, type FoldInput } from './fold.js';
import { stratifiedFolds } from './split.js';

export interface OutOfFold extends FoldInput {
  /** At least 2, and at most the rows of the smaller class. */
  folds: number;
  seed: number;
  /** Called after every fold with the folds done and to do. */
  onFold?: (done: number, total: number) => void;
}

/**
 * A score for every row from a model that has not seen it: one repeat of stratified k-fold cross-validation. With the
 * seed of `crossValidate` these are the scores of its first repeat.
 * @returns one probability of the positive class per position of `rows`
 */
export function outOfFoldScores(input: OutOfFold): Float64Array {
  const { table, rows, folds, seed, onFold } = input;
  const assigned = stratifiedFolds(table.labels, rows, folds, seed);
  const all = new Float64Array(rows.length);
  for (let fold = 0; fold < folds; fold++) {
    const { positions, scores } = scoreFold(input, assigned, fold, seed + fold);
    positions.forEach((position, i) => (all[position] = scores[i]!));
    onFold?.(fold + 1, folds);
  }
  return all;
}
