import { FEWEST_SHARING } from '../contracts/disclosure.js';
import type { ExploratoryProfile, FeatureProfile } from '../contracts/exploratory.js';
import { microaggregated } from '../ml/microaggregate.js';
import type { Table } from '../ml/table.js';
import { loadDanfo, type Danfo } from './frame.js';

/** Rows looked at; danfojs is slow beyond, and a picture needs no more. */
export const PROFILE_MAX_ROWS = 10_000;

/** Describes each feature, alone and by class, and how the features go together. */
export function profileTable(
  table: Table,
  names: readonly string[],
  maxRows: number = PROFILE_MAX_ROWS,
): ExploratoryProfile {
  const danfo = loadDanfo();
  const { columns, labels } = sampleRows(table, maxRows);
  const positive = labels.reduce((sum, label) => sum + label, 0);
  return {
    totalRows: table.labels.length,
    rows: labels.length,
    labels: {
      negative: labels.length - positive,
      positive,
      positiveShare: labels.length === 0 ? null : positive / labels.length,
    },
    features: names.map((name, index) => describe(danfo, name, columns[index]!, labels)),
    correlation: columns.map((left) => columns.map((right) => (left === right ? itself(left) : pearson(left, right)))),
  };
}

/** Row i of k is row floor(i n / k): the same rows every time, from all parts of the data set. */
function sampleRows(table: Table, maxRows: number): Table {
  const total = table.labels.length;
  if (total <= maxRows) return table;
  const rows = Array.from({ length: maxRows }, (_, index) => Math.floor((index * total) / maxRows));
  return {
    columns: table.columns.map((column) => Float64Array.from(rows, (row) => column[row]!)),
    labels: Uint8Array.from(rows, (row) => table.labels[row]!),
  };
}

/** danfojs answers NaN where any value is missing, so it sees only those that are there. */
function describe(danfo: Danfo, name: string, column: Float64Array, labels: Uint8Array): FeatureProfile {
  const present = [...column.keys()].filter((row) => !Number.isNaN(column[row]));
  const values = present.map((row) => column[row]!);
  const counts = { name, count: values.length, missing: column.length - values.length };
  const nothing = { mean: null, std: null, low: null, q1: null, median: null, q3: null, high: null };
  if (values.length < FEWEST_SHARING) return { ...counts, ...nothing, classMeans: NO_MEANS };
  const frame = new danfo.DataFrame({ value: values, label: present.map((row) => labels[row]!) });
  const described = frame.column('value').describe();
  const statistic = (key: string) => finite(described.at(key));
  const shared = microaggregated(Float64Array.from(values).sort());
  return {
    ...counts,
    mean: statistic('mean'),
    std: statistic('std'),
    low: shared[0]!,
    q1: quantile(shared, 0.25),
    median: quantile(shared, 0.5),
    q3: quantile(shared, 0.75),
    high: shared.at(-1)!,
    classMeans: classMeans(danfo, frame, present, labels),
  };
}

const NO_MEANS = { negative: null, positive: null };

/** None where a class has few: its mean is what the others leave of the mean of all. */
function classMeans(danfo: Danfo, frame: InstanceType<Danfo['DataFrame']>, present: number[], labels: Uint8Array) {
  const positives = present.filter((row) => labels[row] === 1).length;
  if ([positives, present.length - positives].some((rows) => rows > 0 && rows < FEWEST_SHARING)) return NO_MEANS;
  const means = danfo.toJSON(frame.groupby(['label']).col(['value']).mean()) as Record<string, number>[];
  const classMean = (label: number) => finite(means.find((row) => row['label'] === label)?.['value_mean']);
  return { negative: classMean(0), positive: classMean(1) };
}

/** Quantile of sorted values by linear interpolation between the two nearest (Hyndman and Fan, type 7). */
function quantile(sorted: Float64Array, share: number): number {
  const position = (sorted.length - 1) * share;
  const below = Math.floor(position);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below]! + (position - below) * (sorted[above]! - sorted[below]!);
}

/** 1 for a feature that varies. */
const itself = (column: Float64Array): number | null => (pearson(column, column) === null ? null : 1);

/** Pearson's r over rows where both are there, two-pass; `null` for fewer than five of them or a constant. */
function pearson(left: Float64Array, right: Float64Array): number | null {
  const rows = [...left.keys()].filter((row) => !Number.isNaN(left[row]) && !Number.isNaN(right[row]));
  const meanLeft = rows.reduce((sum, row) => sum + left[row]!, 0) / rows.length;
  const meanRight = rows.reduce((sum, row) => sum + right[row]!, 0) / rows.length;
  let both = 0;
  let squaresLeft = 0;
  let squaresRight = 0;
  for (const row of rows) {
    const a = left[row]! - meanLeft;
    const b = right[row]! - meanRight;
    both += a * b;
    squaresLeft += a * a;
    squaresRight += b * b;
  }
  if (rows.length < FEWEST_SHARING || squaresLeft === 0 || squaresRight === 0) return null;
  return Math.max(-1, Math.min(1, both / Math.sqrt(squaresLeft * squaresRight)));
}

const finite = (value: unknown): number | null => (typeof value === 'number' && Number.isFinite(value) ? value : null);
