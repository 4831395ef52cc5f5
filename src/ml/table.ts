/** Rows to learn from, column-major. */
export interface Table {
  /** One array of n numbers per feature, NaN where missing. */
  columns: Float64Array[];
  /** n classes, 0 or 1. */
  labels: Uint8Array;
}
