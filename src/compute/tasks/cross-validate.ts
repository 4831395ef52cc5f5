import type { LeaderboardRow, Warning } from '../../contracts/results.js';
import { crossValidate } from '../../ml/evaluation/cross-validate.js';
import { candidateWarnings } from '../../ml/evaluation/gate.js';
import type { CrossValidateInput } from '../inputs.js';
import type { TaskContext } from './index.js';
import { loadMatrix, requireFolds, validationRows } from './matrix-rows.js';
import { putJson } from './put-json.js';
import { scoreServable } from './servable.js';

/** Repeated stratified cross-validation of one candidate on the training rows. */
export async function crossValidateTask(input: CrossValidateInput, context: TaskContext): Promise<LeaderboardRow> {
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
    ...{ table, rows, columns, candidate, validation, seed: split.seed, score: scoreServable(candidate) },
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
    warnings: [...sampled, ...result.warnings, ...candidateWarnings({ candidate: candidate.name, without, ...result })],
  };
}
