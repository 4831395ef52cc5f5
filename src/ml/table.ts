/** Values of rows, column-major: what a model scores. */
export interface Values {
  /** One array of n numbers per feature, NaN where missing. */
  columns: Float64Array[];
}

/** Rows to learn from. */
export interface Table extends Values {
  /** n classes, 0 or 1. */
  labels: Uint8Array;
  /**
   * The group of each of the n rows, 0 to n-1: rows of one group are of one case, and no boundary (hold-out, fold, resample)
   * comes between them. Absent where each row is a case of its own.
   */
  groups?: Int32Array | undefined;
}

/** The table with the features at these places, in this order. */
export const pickFeatures = ({ columns, labels, groups }: Table, places: readonly number[]): Table => ({
  columns: places.map((place) => columns[place]!),
  labels,
  groups,
});

/** How many of the labels are positive. @param labels classes, 0 or 1 */
export const countPositives = (labels: Uint8Array): number => labels.reduce((sum, label) => sum + label, 0);

/** The labels of the chosen rows, compact. */
export function labelsOf(table: Table, rows: Int32Array): Uint8Array {
  const labels = new Uint8Array(rows.length);
  for (let i = 0; i < rows.length; i++) labels[i] = table.labels[rows[i]!]!;
  return labels;
}
