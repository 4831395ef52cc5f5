import { PipelineFailure } from '../contracts/failures.js';
import type { ModelFeature } from '../contracts/learner.js';

/** Rows to learn from, column-major. */
export interface Table {
  /** One array of n numbers per feature, NaN where missing. */
  columns: Float64Array[];
  /** n classes, 0 or 1. */
  labels: Uint8Array;
  /**
   * The group of each of the n rows, 0 to n-1: rows of one group are of one case, and no boundary (hold-out, fold, resample)
   * comes between them. Absent where each row is a case of its own.
   */
  groups?: Int32Array | undefined;
}

/** How many of the labels are positive. @param labels classes, 0 or 1 */
export const countPositives = (labels: Uint8Array): number => labels.reduce((sum, label) => sum + label, 0);

/**
 * The chosen rows of every feature with missing values filled, compact and column-major: what trees see.
 * @throws PipelineFailure `DataContract` when a value is missing and the feature has no imputation
 */
export function imputedColumns(table: Table, rows: Int32Array, features: ModelFeature[]): Float64Array[] {
  return features.map(({ name, imputation }, f) => {
    const source = table.columns[f]!;
    const filled = new Float64Array(rows.length);
    for (let i = 0; i < rows.length; i++) {
      const value = source[rows[i]!]!;
      filled[i] = Number.isNaN(value) ? (imputation ?? NaN) : value;
      if (Number.isNaN(filled[i]!)) {
        throw new PipelineFailure(
          'DataContract',
          `feature ${name} is missing in a training row but has no imputation.`,
        );
      }
    }
    return filled;
  });
}

/** The labels of the chosen rows, compact. */
export function labelsOf(table: Table, rows: Int32Array): Uint8Array {
  const labels = new Uint8Array(rows.length);
  for (let i = 0; i < rows.length; i++) labels[i] = table.labels[rows[i]!]!;
  return labels;
}
