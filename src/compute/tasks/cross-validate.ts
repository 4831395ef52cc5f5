import type { Definition, CandidateDefinition } from '../../contracts/definition.js';
import type { ArtifactRef, Warning } from '../../contracts/values.js';
import type { LeaderboardRow } from '../../contracts/results.js';
import { crossValidate } from '../../ml/evaluation/cross-validate.js';
import { candidateWarnings } from '../../ml/evaluation/gate.js';
import {
  defineTask,
  type TaskContext,
  loadMatrix,
  requireFolds,
  validationRows,
  putJson,
  scoreServable,
} from '../task.js';

/** A candidate with its options, and the rows. */
export interface CrossValidateInput extends Pick<
  Definition,
  'columns' | 'split' | 'validation' | 'calibration' | 'threshold'
> {
  matrix: ArtifactRef;
  candidate: CandidateDefinition;
  /** Feature to leave out, `null` for none. */
  without: string | null;
}

/** Repeated stratified cross-validation of one candidate on the training rows. */
export const crossValidateTask = defineTask({
  name: 'cross-validate',
  version: 3,
  run: async (input: CrossValidateInput, context: TaskContext): Promise<LeaderboardRow> => {
    const { candidate, without, validation, split, calibration, threshold } = input;
    const { table, columns, train } = await loadMatrix(context.store, input.matrix, input.columns, without);
    const rows = validationRows(table, train, input);
    requireFolds(rows, table, validation.folds);
    const sampled: Warning[] =
      rows.length < train.length
        ? [
            {
              code: 'sampled-validation',
              message: `Cross-validation used a stratified sample of ${rows.length} of ${train.length} training rows (validation.maxRows); the chosen candidate is fitted on all of them.`,
            },
          ]
        : [];
    const { foldMetrics, ...result } = crossValidate({
      table,
      rows,
      columns,
      candidate,
      validation,
      seed: split.seed,
      score: scoreServable(candidate),
      decision: { calibration, threshold },
      onFold: (done, total) => context.report(`${candidate.name}: ${done} of ${total} fits`),
    });
    return {
      ...result,
      candidate: candidate.name,
      kind: candidate.kind,
      without,
      foldMetrics: await putJson(context.store, foldMetrics),
      options: candidate.options,
      search: null,
      warnings: [
        ...sampled,
        ...result.warnings,
        ...candidateWarnings({ candidate: candidate.name, without, ...result }),
      ],
    };
  },
});
