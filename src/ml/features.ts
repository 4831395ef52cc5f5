import { FEWEST_SHARING } from '../contracts/limits.js';
import { PipelineFailure } from '../contracts/failures.js';
import type { FeatureColumn } from '../contracts/model.js';
import type { ModelFeature } from '../contracts/learner.js';
import { filled } from '../model/features.js';
import type { Table } from './table.js';

/**
 * The median of ascending values, smoothed: the mean of the five in the middle, of six when their number is even, of all
 * where there are fewer. It stands in the model, where the value of one row or two would be a person's.
 */
function medianOf(sorted: Float64Array): number {
  const beside = Math.max(0, (sorted.length - FEWEST_SHARING) >> 1);
  return meanOf(sorted.subarray(beside, sorted.length - beside));
}

function meanOf(values: Float64Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}

/** Values of `column` at `rows` that are not missing. */
function presentValues(column: Float64Array, rows: Int32Array): Float64Array {
  const present = new Float64Array(rows.length);
  let count = 0;
  for (const row of rows) {
    const value = column[row]!;
    if (!Number.isNaN(value)) present[count++] = value;
  }
  return present.subarray(0, count);
}

/**
 * A feature of which these rows know nothing counts as constant: filled with the number of its range nearest to 0, and
 * scaled by the range, so that a value that comes later weighs no more than others.
 */
function unknownFeature({ name, unit, range }: FeatureColumn): ModelFeature {
  const fill = Math.min(Math.max(0, range[0]), range[1]);
  const width = range[1] - range[0];
  return { name, unit, range, imputation: fill, mean: fill, scale: Number.isFinite(width) ? width : 1 };
}

function fitFeature(column: FeatureColumn, values: Float64Array, rows: Int32Array): ModelFeature {
  const { name, unit, range } = column;
  const present = presentValues(values, rows);
  if (present.length === 0) {
    if (column.impute !== 'none') return unknownFeature(column);
    throw new PipelineFailure(
      'DataContract',
      `feature ${name} has no value in any of ${rows.length} training rows; remove the column or supply its values.`,
    );
  }
  const average = meanOf(present);
  const imputation =
    column.impute === 'none' ? null : column.impute === 'mean' ? average : medianOf(present.slice().sort());
  const missing = imputation === null ? 0 : rows.length - present.length;
  const count = present.length + missing;
  const mean = missing === 0 ? average : (average * present.length + imputation! * missing) / count;
  let least = Infinity;
  let greatest = -Infinity;
  let squares = missing === 0 ? 0 : missing * (imputation! - mean) ** 2;
  for (const value of present) {
    squares += (value - mean) ** 2;
    if (value < least) least = value;
    if (value > greatest) greatest = value;
  }
  const constant = least === greatest;
  const scale = Math.sqrt(squares / count);
  if (constant) {
    const fill = Number.isFinite(imputation ?? 0) ? imputation : least; // the sum of large values overflows
    return { name, unit, range, imputation: fill, mean: least, scale: 1 };
  }
  if (!Number.isFinite(mean) || !Number.isFinite(scale)) {
    throw new PipelineFailure(
      'DataContract',
      `feature ${name} has values so large that their mean or spread is no number; give it in a larger unit, or narrow its range so that rows beyond are rejected.`,
    );
  }
  return { name, unit, range, imputation, mean, scale: scale === 0 ? 1 : scale };
}

/**
 * Learns how to fill and scale every feature, from the given rows and no others.
 * @param columns one per column of `table`, in its order
 * @param rows indices of the training rows
 * @returns imputation by mean or (smoothed) median of the present values (`null` for `none`), then mean and population standard
 *   deviation after imputation (scale 1 for a constant feature); a constant where all values are missing
 * @throws PipelineFailure `DataContract` naming a feature whose mean or spread is beyond the range of doubles
 */
export function fitFeatures(columns: FeatureColumn[], table: Table, rows: Int32Array): ModelFeature[] {
  return columns.map((column, i) => fitFeature(column, table.columns[i]!, rows));
}

/**
 * The chosen rows of every feature with missing values filled, compact and column-major: what learners see.
 * @throws PipelineFailure `DataContract` when a value is missing and the feature has no imputation
 */
export function imputedColumns(table: Table, rows: Int32Array, features: ModelFeature[]): Float64Array[] {
  return features.map((feature, f) => {
    const source = table.columns[f]!;
    const values = new Float64Array(rows.length);
    for (let i = 0; i < rows.length; i++) {
      values[i] = filled(feature, source[rows[i]!]!);
      if (Number.isNaN(values[i]!)) {
        throw new PipelineFailure(
          'DataContract',
          `feature ${feature.name} is missing in a training row but has no imputation; supply its value or give it one.`,
        );
      }
    }
    return values;
  });
}

/** A column as the checks of training rows compare it with others. */
export interface CentredColumn {
  name: string;
  /** Of the chosen rows, a missing one filled with the mean. */
  values: Float64Array;
  mean: number;
  scale: number;
}

/**
 * The chosen rows of every column for checks, which need no unit and no range, and do not fail where values are missing.
 * @param names one per column of `table`
 */
export function centredColumns(names: string[], table: Table, rows: Int32Array): CentredColumn[] {
  const features = names.map((name, f) => {
    const column = { name, unit: '', range: [-Infinity, Infinity], impute: 'mean' } satisfies FeatureColumn;
    return fitFeature(column, table.columns[f]!, rows);
  });
  const filled = imputedColumns(table, rows, features);
  return features.map(({ name, mean, scale }, f) => ({ name, values: filled[f]!, mean, scale }));
}

/** Features of which the chosen rows have no value. */
export const unknownFeatures = (columns: FeatureColumn[], table: Table, rows: Int32Array): string[] =>
  columns.filter((_, f) => rows.every((row) => Number.isNaN(table.columns[f]![row]!))).map(({ name }) => name);
