import type { LeaderboardRow, Warning } from '../../../contracts/results.js';
import { crossValidate } from '../../../ml/cross-validate.js';
import { stratifiedSample } from '../../../ml/split.js';
import { scoreRows } from '../../../serving/predict.js';
import type { CrossValidateInput } from '../inputs.js';
import type { TaskContext } from './index.js';
import { loadMatrix } from './matrix-rows.js';

/** Repeated stratified cross-validation of one candidate on the training rows. */
export async function crossValidateTask(input: CrossValidateInput, context: TaskContext): Promise<LeaderboardRow> {
  const { candidate, without, validation, split } = input;
  const { table, columns, train } = await loadMatrix(context.store, input.matrix, input.columns, without);
  const rows = stratifiedSample(table.labels, train, validation.maxRows, split.seed);
  const sampled: Warning[] =
    rows.length < train.length
      ? [
          {
            code: 'sampled-validation',
            message: `Cross-validation used a stratified sample of ${rows.length} of ${train.length} training rows (validation.maxRows); the chosen candidate is fitted on all of them.`,
          },
        ]
      : [];
  const result = crossValidate({
    ...{ table, rows, columns, candidate, validation, seed: split.seed, score: scoreRows },
    onFold: (done, total) => context.report(`${candidate.name}: ${done} of ${total} fits`),
  });
  return {
    ...result,
    candidate: candidate.name,
    kind: candidate.kind,
    without,
    warnings: [...sampled, ...result.warnings],
  };
}
