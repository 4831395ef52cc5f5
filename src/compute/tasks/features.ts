import type { Definition } from '../../contracts/definition.js';
import type { ArtifactRef } from '../../contracts/values.js';
import type { FeaturesResult } from '../../contracts/results.js';
import { encodeMatrix } from '../../data/matrix.js';
import { readTable } from '../../data/read.js';
import { encodeTrainingRows } from '../../data/row-fingerprints.js';
import { checkTrainingRows } from '../../ml/evaluation/data-checks.js';
import { findEqualRows, equalRowsWarnings } from '../../ml/evaluation/equal-rows.js';
import { stratifiedSplit } from '../../ml/evaluation/split.js';
import { countPositives, labelsOf } from '../../ml/table.js';
import { defineTask, type TaskContext, rowsOfRole, TRAIN } from '../task.js';

/** An ingested data set, and how it is split. */
export interface FeaturesInput extends Pick<Definition, 'columns' | 'split'> {
  dataset: ArtifactRef;
  folds: number;
}

/** Splits the rows, checks the training rows, and stores the matrix that learners read. */
export const featuresTask = defineTask({
  name: 'features',
  version: 3,
  run: async (input: FeaturesInput, context: TaskContext): Promise<FeaturesResult> => {
    const { store } = context;
    const names = input.columns.map(({ name }) => name);
    const read = await readTable(await store.localPath(input.dataset), names);
    const { labels } = read;
    const { found: equalRows, groups } = findEqualRows(read.columns);
    const table = { ...read, ...(groups && { groups }) };
    const roles = stratifiedSplit(labels, input.split.testFraction, input.split.seed, table.groups);
    const train = rowsOfRole(roles, TRAIN);
    const checked = checkTrainingRows(table, names, train, input.folds, equalRows.repeats > 0);
    const trainPositives = countPositives(labelsOf(table, train));
    return {
      matrix: await store.put(encodeMatrix({ names, ...table, roles })),
      trainingRows: await store.put(encodeTrainingRows(await context.fingerprintKey(), table, train)),
      rows: {
        train: train.length,
        trainPositives,
        holdout: roles.length - train.length,
        holdoutPositives: countPositives(labels) - trainPositives,
      },
      equalRows,
      suspicious: checked.suspicious,
      warnings: [...equalRowsWarnings(equalRows, labels.length), ...checked.warnings],
    };
  },
});
