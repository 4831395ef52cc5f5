import type { NestedResult } from '../../contracts/option-search.js';
import type { Warning } from '../../contracts/results.js';
import { addWarnings } from '../../ml/evaluation/cross-validate.js';
import { nestedRepeat } from '../../ml/evaluation/nested-cross-validate.js';
import type { NestedRepeatInput } from '../inputs.js';
import type { TaskContext } from './index.js';
import { loadMatrix, requireFolds, requireInnerFolds, validationRows } from './matrix-rows.js';
import { putJson } from './put-json.js';
import { scoreServable } from './servable.js';

/** One repeat of nested cross-validation on the rows that the trials were cross-validated on. */
export async function nestedRepeatTask(
  input: NestedRepeatInput,
  { store, report }: TaskContext,
): Promise<NestedResult> {
  const { trials, repeat, innerFolds, metric, validation, split, calibration, threshold } = input;
  const { table, columns, train } = await loadMatrix(store, input.matrix, input.columns);
  const rows = validationRows(table, train, input);
  requireFolds(rows, table, validation.folds);
  requireInnerFolds(rows, table, validation.folds, innerFolds);
  const folds = nestedRepeat({
    ...{ table, rows, columns, trials, innerFolds, metric, repeat, seed: split.seed, score: scoreServable(trials[0]!) },
    folds: validation.folds,
    decision: { calibration, threshold },
    onTrial: (done, total) => report(`${trials[0]!.name}: ${done} of ${total} nested trials`),
  });
  const warnings: Warning[] = [];
  for (const fold of folds) addWarnings(warnings, fold.warnings);
  const scores = await putJson(store, {
    folds: folds.map(({ scores, labels }) => ({ scores: [...scores], labels: [...labels] })),
    winners: folds.map(({ winner }) => winner),
  });
  return { scores, warnings };
}
