import type { Calibration } from '../../contracts/learner.js';
import { PipelineFailure } from '../../contracts/failures.js';
import {
  type CategoricalReference,
  EXACT_UP_TO_ROWS,
  type ExactDistribution,
  type NumericReference,
  type ReferenceProfile,
  type SketchedDistribution,
  MONITORING_REFERENCE_SCHEMA_VERSION,
  type MonitoringReference,
} from '../../contracts/reference.js';
import { marksLength, MAX_CELLS } from './build-reference.js';

const MAX_FEATURES = 10_000;
const MAX_CATEGORIES = 1000;
/** Longest name of a column or a category, in characters. */
const LONGEST_NAME = 256;
/** Points of a calibration; out-of-fold scores are fewer by far. */
const MAX_CALIBRATION_POINTS = 1_000_000;

/**
 * Reads what a model's drift checks compare with, as it is stored, and checks every value, so that what compares with it need not.
 * @throws PipelineFailure `ArtifactCorrupt` naming the place
 */
export function parseMonitoringReference(bytes: Uint8Array): MonitoringReference {
  const document = jsonOf(bytes);
  if (!isRecord(document)) throw corrupt('is not a JSON object');
  const { schemaVersion, model, profile, calibration } = document;
  if (schemaVersion !== MONITORING_REFERENCE_SCHEMA_VERSION)
    throw corrupt(`does not have schemaVersion ${MONITORING_REFERENCE_SCHEMA_VERSION}, the only one this code reads`);
  if (typeof model !== 'string' || model === '') throw corrupt('has no model name');
  return { schemaVersion, model, profile: parseReference(profile), calibration: checkedCalibration(calibration) };
}

function jsonOf(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw corrupt('is not JSON in UTF-8', cause);
  }
}

function checkedCalibration(value: unknown): Calibration {
  if (isRecord(value) && value['kind'] === 'platt') {
    const { kind, intercept, slope } = value;
    if (isNumber(intercept) && isNumber(slope) && slope >= 0) return { kind, intercept, slope };
  }
  if (isRecord(value) && value['kind'] === 'isotonic') {
    const { kind, scores, probabilities } = value;
    if (isAscending(scores) && isAscending(probabilities) && scores.length === probabilities.length)
      return { kind, scores, probabilities };
  }
  throw corrupt('has a calibration of no known kind, or with numbers out of order');
}

/** Numbers in [0, 1], none less than the one before, at least one. */
const isAscending = (value: unknown): value is number[] =>
  Array.isArray(value) &&
  value.length > 0 &&
  value.length <= MAX_CALIBRATION_POINTS &&
  value.every((entry: unknown, i) => isNumber(entry) && entry >= (i === 0 ? 0 : Number(value[i - 1])) && entry <= 1);

const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);

function corrupt(sentence: string, cause?: unknown): PipelineFailure {
  const message = `The stored monitoring reference ${sentence}; train the model again with this version of the code.`;
  return new PipelineFailure('ArtifactCorrupt', message, { cause });
}

/**
 * Reads a reference profile that some process wrote: every number finite, lists ascending and of the right length,
 * counts adding up, sizes bounded. Keys that it does not know are left out.
 * @throws PipelineFailure `ArtifactCorrupt`, without any of the values
 */
export function parseReference(json: unknown): ReferenceProfile {
  const root = checkRecord(json, 'the document', ['schemaVersion', 'features', 'prediction', 'score', 'labels']);
  if (root.schemaVersion !== 1) refuse('schemaVersion', 'another version', '1, which this program reads');
  const labels = checkRecord(root.labels, 'labels', ['negatives', 'positives']);
  const features = checkList(root.features, 'features', 0, MAX_FEATURES).map((feature, i) =>
    parseNumeric(feature, `features[${i}]`),
  );
  const names = new Set(features.map(({ name }) => name));
  if (names.size < features.length) refuse('features', 'a list with a name twice', 'a name for each');
  return {
    schemaVersion: 1,
    features,
    prediction: parseCategorical(root.prediction, 'prediction'),
    score: parseNumeric(root.score, 'score'),
    labels: {
      negatives: checkCount(labels.negatives, 'labels.negatives'),
      positives: checkCount(labels.positives, 'labels.positives'),
    },
  };
}

const NUMERIC_KEYS = ['name', 'rows', 'missing', 'mean', 'min', 'max', 'standardDeviation', 'distribution'] as const;

function parseNumeric(value: unknown, path: string): NumericReference {
  const record = checkRecord(value, path, NUMERIC_KEYS);
  const name = checkText(record.name, `${path}.name`, LONGEST_NAME);
  const rows = checkCount(record.rows, `${path}.rows`);
  const missing = checkCount(record.missing, `${path}.missing`);
  const distribution = parseDistribution(record.distribution, `${path}.distribution`, rows);
  if (rows === 0)
    return { name, rows, missing, mean: null, min: null, max: null, standardDeviation: null, distribution };
  const [least, greatest] = endsOf(distribution);
  return {
    name,
    rows,
    missing,
    distribution,
    mean: checkNumber(record.mean, `${path}.mean`),
    min: checkNumber(record.min, `${path}.min`, least, least),
    max: checkNumber(record.max, `${path}.max`, greatest, greatest),
    standardDeviation: checkNumber(record.standardDeviation, `${path}.standardDeviation`, 0),
  };
}

/** Least and greatest value of a distribution with rows. */
function endsOf(distribution: NumericReference['distribution']): [number, number] {
  if (distribution.kind === 'exact') return [distribution.values[0]!, distribution.values.at(-1)!];
  return [distribution.lows[0]!, distribution.highs.at(-1)!];
}

function parseDistribution(value: unknown, path: string, rows: number): ExactDistribution | SketchedDistribution {
  const { kind } = checkRecord(value, path, ['kind']);
  if (kind === 'exact') return parseExact(checkRecord(value, path, ['values']).values, `${path}.values`, rows);
  if (kind === 'sketch') return parseSketch(value, path, rows);
  return refuse(`${path}.kind`, 'neither', 'exact or sketch');
}

function parseExact(value: unknown, path: string, rows: number): ExactDistribution {
  if (rows > EXACT_UP_TO_ROWS) refuse(path, `of ${rows} rows`, `at most ${EXACT_UP_TO_ROWS}, and a sketch above`);
  const values = checkList(value, path, rows, rows).map((entry, i) => checkNumber(entry, `${path}[${i}]`));
  if (values.some((entry, i) => i > 0 && entry < values[i - 1]!)) refuse(path, 'out of order', 'ascending values');
  return { kind: 'exact', values };
}

function parseSketch(value: unknown, path: string, rows: number): SketchedDistribution {
  const record = checkRecord(value, path, ['lows', 'highs', 'offsets', 'counts']);
  const cells = checkList(record.lows, `${path}.lows`, 1, MAX_CELLS).length;
  const list = (key: keyof typeof record): number[] =>
    checkList(record[key], `${path}.${key}`, cells, cells).map((entry, k) =>
      checkNumber(entry, `${path}.${key}[${k}]`),
    );
  const sketch = { lows: list('lows'), highs: list('highs'), offsets: list('offsets'), counts: list('counts') };
  sketch.counts.forEach((count, k) => checkCount(count, `${path}.counts[${k}]`, 1));
  for (let k = 0; k < cells; k++) {
    const width = sketch.highs[k]! - sketch.lows[k]!;
    const apart = k === 0 || sketch.highs[k - 1]! < sketch.lows[k]!;
    if (!(width >= 0) || !apart) refuse(`${path}, cell ${k}`, 'out of order', 'ascending cells that do not touch');
    checkNumber(sketch.offsets[k], `${path}.offsets[${k}]`, 0, width);
  }
  const total = sketch.counts.reduce((sum, count) => sum + count, 0);
  if (total !== rows) refuse(`${path}.counts`, `of ${total} rows`, `counts of ${rows} rows together`);
  return { kind: 'sketch', ...sketch, marks: parseMarks(value, `${path}.marks`, sketch) };
}

function parseMarks(
  value: unknown,
  path: string,
  { lows, highs, counts }: Omit<SketchedDistribution, 'kind' | 'marks'>,
): string {
  const { marks } = value as { marks?: unknown }; // a record, as checked before
  const length = counts.reduce((sum, count, k) => sum + marksLength(count, highs[k]! - lows[k]!), 0);
  if (typeof marks === 'string' && marks.length === length && /^[\w-]*$/.test(marks)) return marks;
  return refuse(path, 'something else', `text of ${length} letters and digits`);
}

function parseCategorical(value: unknown, path: string): CategoricalReference {
  const record = checkRecord(value, path, ['name', 'rows', 'missing', 'categories']);
  const rows = checkCount(record.rows, `${path}.rows`);
  const categories = checkList(record.categories, `${path}.categories`, 0, MAX_CATEGORIES).map((entry, i) => {
    const at = `${path}.categories[${i}]`;
    const category = checkRecord(entry, at, ['value', 'rows']);
    return {
      value: checkText(category.value, `${at}.value`, LONGEST_NAME),
      rows: checkCount(category.rows, `${at}.rows`),
    };
  });
  if (new Set(categories.map((category) => category.value)).size < categories.length) {
    refuse(`${path}.categories`, 'a list with a category twice', 'each once');
  }
  const total = categories.reduce((sum, category) => sum + category.rows, 0);
  if (total !== rows) refuse(`${path}.categories`, `of ${total} rows`, `categories of ${rows} rows together`);
  return {
    name: checkText(record.name, `${path}.name`, LONGEST_NAME),
    rows,
    missing: checkCount(record.missing, `${path}.missing`),
    categories,
  };
}

/** Most rows that a count may claim: enough for any table, and exact in all arithmetic here. */
const MAX_ROWS = 1e12;

/** Refuses a reference profile: the place, the kind of thing found there and what is allowed, in one sentence. */
function refuse(path: string, found: string, expected: string): never {
  throw new PipelineFailure(
    'ArtifactCorrupt',
    `Reference profile: ${path} is ${found}, expected ${expected}; train the model again to make a new one.`,
  );
}

/** What kind of thing a value is, in words and without the value. */
function kindOf(value: unknown): string {
  if (value === undefined) return 'missing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === 'number') return Number.isFinite(value) ? 'a number outside' : 'a number that is not finite';
  if (typeof value === 'string') return `text of ${value.length} characters`;
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

/** An object with these keys at least. */
function checkRecord<K extends string>(value: unknown, path: string, keys: readonly K[]): Record<K, unknown> {
  if (!isRecord(value)) refuse(path, kindOf(value), 'an object');
  const missing = keys.find((key) => !Object.hasOwn(value, key));
  if (missing !== undefined) refuse(`${path}.${missing}`, 'missing', 'a value');
  return value;
}

/** A finite number within inclusive limits. */
function checkNumber(value: unknown, path: string, min = -Infinity, max = Infinity): number {
  if (typeof value === 'number' && Number.isFinite(value) && value >= min && value <= max) return value;
  const limits = [min > -Infinity ? ` from ${min}` : '', max < Infinity ? ` to ${max}` : ''].join('');
  return refuse(path, kindOf(value), `a finite number${limits}`);
}

/** A whole number of rows. */
function checkCount(value: unknown, path: string, min = 0): number {
  if (!Number.isSafeInteger(value)) refuse(path, kindOf(value), `a whole number from ${min}`);
  return checkNumber(value, path, min, MAX_ROWS);
}

/** Text that is not empty, of a bounded length. */
function checkText(value: unknown, path: string, longest: number): string {
  if (typeof value === 'string' && value.length > 0 && value.length <= longest) return value;
  return refuse(path, kindOf(value), `text of 1 to ${longest} characters`);
}

/** A list with a bounded number of items. */
function checkList(value: unknown, path: string, min: number, max: number): unknown[] {
  if (Array.isArray(value) && value.length >= min && value.length <= max) return value;
  return refuse(path, kindOf(value), min === max ? `a list of ${min}` : `a list of ${min} to ${max}`);
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
