import type { Tree } from '../tree/check.js';
import { binTable } from '../tree/growing.js';
import { TreeGrower } from '../tree/histogram-tree.js';
import { createRandom, type Random } from '../../random.js';
import type { Learner } from '../learner.js';
import { addRandomForest } from './onnx.js';
import { type RandomForestOptions, randomForestOptions } from './options.js';
import { scoring } from './score.js';
import type { RandomForestEstimator } from './check.js';

/** Draws n rows with replacement into `rows`, ascending so that trees read memory in order. */
function bootstrapInto(rows: Int32Array, times: Uint16Array, random: Random): void {
  const n = rows.length;
  times.fill(0);
  for (let i = 0; i < n; i++) times[random.below(n)]!++;
  for (let row = 0, next = 0; row < n; row++) {
    for (let left = times[row]!; left > 0; left--) rows[next++] = row;
  }
}

/**
 * A random forest (Breiman 2001): every tree on its own bootstrap of the rows, every split on its own draw of
 * features. The table is binned once; tree i depends on the seed and i only.
 * @param columns d arrays of n finite numbers
 * @param labels n classes, 0 or 1
 */
export function fitForest(
  columns: Float64Array[],
  labels: Uint8Array,
  options: RandomForestOptions,
  seed: number,
): Tree[] {
  const features = columns.length;
  const wanted = options.featuresPerSplit === 0 ? Math.round(Math.sqrt(features)) : options.featuresPerSplit;
  const featuresPerSplit = Math.min(Math.max(wanted, 1), features);
  const grower = new TreeGrower(binTable(columns, labels), { ...options, featuresPerSplit });
  const rows = new Int32Array(labels.length);
  const times = new Uint16Array(labels.length);
  return Array.from({ length: options.trees }, (_, tree) => {
    const random = createRandom(seed, tree);
    bootstrapInto(rows, times, random);
    return grower.grow(rows, random);
  });
}

/** Many trees, each on its own draw of rows; see {@link fitForest}. */
export const randomForest: Learner<RandomForestOptions, RandomForestEstimator> = {
  version: null,
  options: randomForestOptions,
  fit: ({ columns, labels, seed }, options) => ({
    estimator: { kind: 'random-forest', trees: fitForest(columns, labels, options, seed) },
    warnings: [],
  }),
  scoring,
  onnx: addRandomForest,
};
