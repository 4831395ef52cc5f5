import type * as Danfojs from 'danfojs-node';
import { createRequire } from 'node:module';
import { FEWEST_SHARING } from '../contracts/limits.js';
import type { ExploratoryProfile, FeatureProfile } from '../contracts/results.js';
import { percentile } from '../ml/sorted.js';
import { microaggregated } from '../ml/microaggregate.js';
import { countPositives, type Table } from '../ml/table.js';

/** Rows looked at; danfojs is slow beyond, and a picture needs no more. */
const PROFILE_MAX_ROWS = 10_000;

/** Describes each feature, alone and by class, and how the features go together. */
export function profileTable(
  table: Table,
  names: readonly string[],
  maxRows: number = PROFILE_MAX_ROWS,
): ExploratoryProfile {
  const danfo = loadDanfo();
  const { columns, labels } = sampleRows(table, maxRows);
  const positive = countPositives(labels);
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
    q1: percentile(shared, 0.25),
    median: percentile(shared, 0.5),
    q3: percentile(shared, 0.75),
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

type Danfo = typeof Danfojs;

const require = createRequire(import.meta.url);

/**
 * Loads danfojs on first use: it takes most of a second, and most of what the pipeline does needs none of it.
 * tfjs, which it carries, would advise on the console to install a faster backend; nothing here computes with it.
 * (`import` gives a CommonJS module another shape under node than under tsx; `require` does not.)
 */
function loadDanfo(): Danfo {
  const danfo = require('danfojs-node') as Danfo;
  (danfo.tensorflow as { env(): { set(flag: string, value: boolean): void } }).env().set('PROD', true);
  return danfo;
}

/**
 * A danfojs DataFrame of a table for ad-hoc work: one column per name, then `label`. Missing values are NaN.
 * Meant for up to some ten thousand rows; danfojs gets slow beyond.
 * @throws RangeError when there are not as many names as columns.
 */
export function toDataFrame(table: Table, names: readonly string[]): Danfojs.DataFrame {
  if (names.length !== table.columns.length) {
    throw new RangeError(`The table has ${table.columns.length} columns, but ${names.length} names were given.`);
  }
  const danfo = loadDanfo();
  const columns = names.map((name, index): [string, number[]] => [name, [...table.columns[index]!]]);
  return new danfo.DataFrame(Object.fromEntries([...columns, ['label', [...table.labels]]]));
}
