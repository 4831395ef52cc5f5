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

/** Positions 0..n-1. */
export const allPositions = (n: number): Int32Array => new Int32Array(n).map((_, position) => position);

/** Positions 0..n-1 that satisfy a condition, ascending. */
export function positionsWhere(n: number, wanted: (position: number) => boolean): Int32Array {
  const positions = new Int32Array(n);
  let count = 0;
  for (let i = 0; i < n; i++) if (wanted(i)) positions[count++] = i;
  return positions.slice(0, count);
}

/** Numbers of rows by class, or of cases that have a row of it. */
export type ByClass = [negatives: number, positives: number];

/** Cases of each class: groups that have a row of it, or rows where each stands for itself. A group may have both. */
export function casesOfClasses(labels: Uint8Array, rows: Int32Array, groups?: Int32Array): ByClass {
  if (groups === undefined) {
    let positives = 0;
    for (const row of rows) positives += labels[row]!;
    return [rows.length - positives, positives];
  }
  const numbers = groupCount(groups);
  const seen = [new Uint8Array(numbers), new Uint8Array(numbers)];
  const cases: ByClass = [0, 0];
  for (const row of rows) {
    const [label, group] = [labels[row] as 0 | 1, groups[row]!];
    cases[label] += 1 - seen[label]![group]!;
    seen[label]![group] = 1;
  }
  return cases;
}

/** Numbers that groups may have: 0 to one less. */
function groupCount(groups: Int32Array): number {
  let last = -1;
  for (const group of groups) if (group > last) last = group;
  return last + 1;
}

/** The groups of the chosen rows, compact; nothing where each row stands for itself. */
export const groupsAt = (groups: Int32Array | undefined, rows: Int32Array): Int32Array | undefined =>
  groups && Int32Array.from(rows, (row) => groups[row]!);

/** Groups of rows, in flat arrays: there may be as many as rows. */
export interface Cases {
  /** How many there are, in the order of their first positions. */
  count: number;
  /** Their rows: those of case c are `positions[starts[c]]` up to `positions[starts[c + 1] - 1]`, ascending. */
  positions: Int32Array;
  starts: Int32Array;
  /** How many of its rows are positive, by case. */
  positives: Int32Array;
}

/** The cases that rows make up. @param labels, groups n of each, by position; groups are integers from 0 on, not much above n */
export function casesOf(labels: Uint8Array, groups: Int32Array): Cases {
  const rows = labels.length;
  const known = new Int32Array(groupCount(groups)).fill(-1);
  const caseOf = new Int32Array(rows);
  let count = 0;
  for (let i = 0; i < rows; i++) {
    const group = groups[i]!;
    if (known[group] === -1) known[group] = count++;
    caseOf[i] = known[group]!;
  }
  const [starts, positives] = [new Int32Array(count + 1), new Int32Array(count)];
  for (let i = 0; i < rows; i++) {
    starts[caseOf[i]! + 1]!++;
    positives[caseOf[i]!]! += labels[i]!;
  }
  for (let c = 0; c < count; c++) starts[c + 1]! += starts[c]!;
  const positions = new Int32Array(rows);
  const next = starts.slice();
  for (let i = 0; i < rows; i++) positions[next[caseOf[i]!]!++] = i;
  return { count, positions, starts, positives };
}

/** The rows of a case. */
export const rowsOf = ({ positions, starts }: Cases, each: number): Int32Array =>
  positions.subarray(starts[each], starts[each + 1]);

/** How many rows of each class a case has. */
export function classesOf({ starts, positives }: Cases, each: number): ByClass {
  const ofCase = positives[each]!;
  return [starts[each + 1]! - starts[each]! - ofCase, ofCase];
}
