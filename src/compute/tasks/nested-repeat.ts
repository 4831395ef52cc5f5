import type { MetricName } from '../../contracts/vocabulary.js';
import type { CandidateDefinition } from '../../contracts/definition.js';
import type { NestedResult } from '../../contracts/results.js';
import type { Warning } from '../../contracts/values.js';
import { addWarnings, nestedRepeat } from '../../ml/evaluation/cross-validate.js';
import {
  defineTask,
  type TaskContext,
  loadMatrix,
  requireFolds,
  requireInnerFolds,
  validationRows,
  putJson,
  scoreServable,
} from '../task.js';
import type { CrossValidateInput } from './cross-validate.js';

/** Of one candidate whose options were searched. */
export interface NestedRepeatInput extends Omit<CrossValidateInput, 'candidate' | 'without'> {
  /** The candidate with the options of each trial that was measured. */
  trials: CandidateDefinition[];
  /** 0 for the first. */
  repeat: number;
  innerFolds: number;
  /** What options are chosen by. */
  metric: MetricName;
}

/** One repeat of nested cross-validation on the rows that the trials were cross-validated on. */
export const nestedRepeatTask = defineTask({
  name: 'nested-repeat',
  version: 2,
  run: async (input: NestedRepeatInput, { store, report }: TaskContext): Promise<NestedResult> => {
    const { trials, repeat, innerFolds, metric, validation, split, calibration, threshold } = input;
    const { table, columns, train } = await loadMatrix(store, input.matrix, input.columns);
    const rows = validationRows(table, train, input);
    requireFolds(rows, table, validation.folds);
    requireInnerFolds(rows, table, validation.folds, innerFolds);
    const folds = nestedRepeat({
      table,
      rows,
      columns,
      trials,
      innerFolds,
      metric,
      repeat,
      seed: split.seed,
      score: scoreServable(trials[0]!),
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
  },
});
