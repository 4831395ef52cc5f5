import type { Estimate } from '../../contracts/values.js';
import type { FittedModel } from '../../contracts/model.js';
import type { ScoreRows } from './folds.js';
import { percentileInterval } from './intervals.js';
import { rocAuc, groupScores } from './metrics.js';
import { createRandom } from '../random.js';
import { stratifiedSample } from './split.js';
import { allPositions, type Table } from '../table.js';

/** Shuffles of each feature. */
const REPEATS = 30;
/** Rows scored over all features and repeats; bounds the time spent on large hold-outs and many features. */
const ROW_VISITS = 1_200_000;
/** Not fewer rows than these are used, however many features there are. */
const MIN_ROWS = 500;
/** Apart from the streams of splits, folds and samples, so that the same seed does not shuffle alike. */
const STREAM = 4;

/** A model, and rows to judge its features by. */
export interface ImportanceInput {
  model: FittedModel;
  /** One column per feature of the model, in its order. */
  table: Table;
  /** Indices of rows that the model was not fitted on. */
  rows: Int32Array;
  score: ScoreRows;
  /** Level of the intervals, 0.95 for 95 %. */
  confidence: number;
  seed: number;
  /** Called after every feature with the features done and to do. */
  onFeature?: (done: number, total: number) => void;
}

/** Rows affordable for so many features; a stratified sample where there are more. */
export const importanceRows = (features: number): number =>
  Math.max(MIN_ROWS, Math.floor(ROW_VISITS / (REPEATS * Math.max(features, 1))));

function meanAndInterval(losses: Float64Array, confidence: number): Estimate {
  const value = losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
  return { value, ...percentileInterval(losses, confidence)! }; // there are 30, all of them numbers
}

/**
 * Permutation importance (Breiman 2001, Random Forests, section 10; scikit-learn's `permutation_importance`): what a
 * model loses in ROC AUC when one feature's values are shuffled among the rows, the others left as they are. Means and
 * percentiles over 30 shuffles. Of features that tell the same, each seems to matter little.
 * @returns an estimate per feature, in the model's order; negative where shuffling happened to help, `null` values when
 *   a class is missing
 */
export function permutationImportances(input: ImportanceInput): { feature: string; loss: Estimate }[] {
  const { model, table, score, confidence, seed, onFeature } = input;
  const rows = stratifiedSample(table.labels, input.rows, importanceRows(model.features.length), seed);
  const columns = table.columns.map((column) => Float64Array.from(rows, (row) => column[row]!));
  const labels = Uint8Array.from(rows, (row) => table.labels[row]!);
  const order = allPositions(rows.length);
  const aucOf = (given: Float64Array[]) =>
    rocAuc(groupScores(score(model, { ...table, columns: given }, order), labels));
  const whole = aucOf(columns);
  return model.features.map(({ name }, f) => {
    if (whole === null) return { feature: name, loss: { value: null, low: null, high: null } };
    const random = createRandom(seed, STREAM, f);
    const shuffled = order.slice();
    const losses = new Float64Array(REPEATS).map(() => {
      random.shuffle(shuffled);
      const values = Float64Array.from(shuffled, (row) => columns[f]![row]!);
      // The labels are the same, so both classes are still there.
      return whole - aucOf(columns.with(f, values))!;
    });
    onFeature?.(f + 1, model.features.length);
    return { feature: name, loss: meanAndInterval(losses, confidence) };
  });
}
