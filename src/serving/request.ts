import type { ModelFeature } from '../contracts/learner.js';
import { isRecord } from '../model/checks.js';
import { readField, wantedField } from '../model/features.js';
import { nearestName, refused, type FieldError, type Outcome } from './request-error.js';

/** Most rows of one request. */
export const MAX_ROWS = 10_000;
/** Most field errors listed in one answer. */
export const MAX_FIELD_ERRORS = 100;

const BATCH_KEYS = ['instances', 'dataframe_split', 'dataframe_records'] as const;
/** Unknown names that may be repeated to the caller; anything else could be data in the wrong place. */
const SHOWABLE_NAME = /^[\w.%\- ]{1,40}$/;
const SHOWN_FEATURES = 20;
/** A row may have so many names for each feature, and so many besides, before it is refused without a look at each. */
const MAX_NAMES_PER_FEATURE = 2;
const MAX_NAMES_BESIDES = 100;
/** Unknown names that are compared with those of the features, for a hint. */
const MAX_HINTS = 10;

/** Checked input: one column per feature in feature order, NaN where a value is missing and will be imputed. */
export interface Inputs {
  columns: Float64Array[];
  rows: number;
  /** True when the request was a batch, and the answer is therefore a list, even of one. */
  batch: boolean;
}

type Features = readonly ModelFeature[];

/**
 * Reads the JSON value of a prediction request: one object with a number per feature, or a batch as `instances` (objects
 * or lists in feature order), `dataframe_split` or `dataframe_records`. A feature with an imputation accepts `null`.
 */
export function readInputs(features: Features, payload: unknown): Outcome<Inputs> {
  if (!isRecord(payload))
    return refused('InvalidInput', 'The request is not a JSON object; send one number per feature.');
  const keys = Object.keys(payload);
  const shape = BATCH_KEYS.find((key) => Object.hasOwn(payload, key) && typeof payload[key] === 'object');
  if (shape === undefined) return readRows(features, [payload], false);
  if (keys.length > 1) {
    return refused(
      'InvalidInput',
      `A batch holds ${shape} and nothing else, but ${keys.length} keys were sent; remove the others.`,
    );
  }
  const value = payload[shape];
  return shape === 'dataframe_split' ? readSplit(features, value) : readList(features, value, shape);
}

function readList(features: Features, value: unknown, shape: string): Outcome<Inputs> {
  if (!Array.isArray(value)) return refused('InvalidInput', `${shape} is not a list; send a list of rows.`);
  const list = value as unknown[];
  if (shape === 'instances' && Array.isArray(list[0])) {
    return readTable(
      features,
      features.map(({ name }) => name),
      list,
      shape,
    );
  }
  return tooMany(list.length) ?? readRows(features, list, true);
}

function readSplit(features: Features, value: unknown): Outcome<Inputs> {
  const { columns, data } = isRecord(value) ? value : {};
  if (!Array.isArray(columns) || !Array.isArray(data)) {
    return refused('InvalidInput', 'dataframe_split needs the lists columns and data; send both.');
  }
  const names = columns as unknown[];
  if (!names.every((name) => typeof name === 'string') || new Set(names).size !== names.length) {
    return refused(
      'InvalidInput',
      'dataframe_split.columns holds something other than distinct texts; name every column once.',
    );
  }
  return readTable(features, names, data as unknown[], 'dataframe_split.data');
}

/** Rows as lists: names are checked once, then every row by position. */
function readTable(features: Features, names: readonly string[], data: unknown[], place: string): Outcome<Inputs> {
  const many = tooMany(data.length);
  if (many) return many;
  const errors = new ErrorList();
  if (names.length > mostNames(features)) {
    errors.add(tooManyNames(features, names.length));
    return errors.refusal();
  }
  const known = new Set(features.map(({ name }) => name));
  for (const name of names) if (!known.has(name)) errors.addUnknown(features, name);
  const positions = features.map(({ name }) => names.indexOf(name));
  features.forEach((feature, j) => {
    if (positions[j] === -1) errors.add(missingField(feature));
  });
  if (errors.count > 0) return errors.refusal();
  const columns = features.map(() => new Float64Array(data.length));
  data.forEach((row, i) => {
    if (!Array.isArray(row) || row.length !== names.length) {
      errors.add({
        row: i,
        field: place,
        reason: 'wrong-shape',
        message: `is not a list of ${names.length} values.`,
      });
      return;
    }
    features.forEach((feature, j) => {
      columns[j]![i] = readField(feature, row[positions[j]!], (reason, message) =>
        errors.add({ row: i, field: feature.name, reason, message }),
      );
    });
  });
  return errors.count > 0 ? errors.refusal() : { ok: true, value: { columns, rows: data.length, batch: true } };
}

/** Rows as objects, each with its own names. */
function readRows(features: Features, rows: unknown[], batch: boolean): Outcome<Inputs> {
  const errors = new ErrorList();
  const known = new Set(features.map(({ name }) => name));
  const columns = features.map(() => new Float64Array(rows.length));
  rows.forEach((row, i) => {
    const place = batch ? { row: i } : {};
    const add = (error: FieldError): void => errors.add({ ...place, ...error });
    if (!isRecord(row)) {
      add({ field: 'row', reason: 'wrong-shape', message: 'is not an object with one number per feature.' });
      return;
    }
    const names = Object.keys(row);
    if (names.length > mostNames(features)) {
      add(tooManyNames(features, names.length));
      return;
    }
    features.forEach((feature, j) => {
      const { name } = feature;
      if (!Object.hasOwn(row, name)) add(missingField(feature));
      else columns[j]![i] = readField(feature, row[name], (reason, message) => add({ field: name, reason, message }));
    });
    for (const name of names) if (!known.has(name)) errors.addUnknown(features, name, place);
  });
  return errors.count > 0 ? errors.refusal() : { ok: true, value: { columns, rows: rows.length, batch } };
}

const missingField = (feature: ModelFeature): FieldError => ({
  field: feature.name,
  reason: 'missing-field',
  message: `is missing; ${wantedField(feature)}.`,
});

const mostNames = (features: Features): number => features.length * MAX_NAMES_PER_FEATURE + MAX_NAMES_BESIDES;

const tooManyNames = (features: Features, names: number): FieldError => ({
  field: 'row',
  reason: 'wrong-shape',
  message: `has ${names} names where the model has ${features.length} features; send these and no others.`,
});

function unknownField(features: Features, name: string, compare: boolean): FieldError {
  const names = features.map((feature) => feature.name);
  const nearest = compare ? nearestName(name, names) : null;
  const field = SHOWABLE_NAME.test(name) ? name : '(name not shown)';
  const reason = 'unknown-field';
  if (nearest !== null) return { field, reason, message: `is not a feature; did you mean ${nearest}?` };
  const more = names.length > SHOWN_FEATURES ? ', ...' : '';
  const known = names.slice(0, SHOWN_FEATURES).join(', ');
  return { field, reason, message: `is not a feature; the model knows ${known}${more}.` };
}

function tooMany(rows: number): ReturnType<typeof refused> | null {
  if (rows <= MAX_ROWS) return null;
  return refused(
    'TooLarge',
    `The batch has ${rows} rows, at most ${MAX_ROWS} are scored at once; send smaller batches.`,
  );
}

/** Counts every error, keeps the first few. */
class ErrorList {
  count = 0;
  private readonly kept: FieldError[] = [];
  private hints = 0;

  add(error: FieldError): void {
    this.count++;
    if (this.kept.length < MAX_FIELD_ERRORS) this.kept.push(error);
  }

  /** A name that is no feature's. What is only counted is not looked at: comparing names takes time. */
  addUnknown(features: Features, name: string, place: { row?: number } = {}): void {
    if (this.kept.length >= MAX_FIELD_ERRORS) this.count++;
    else this.add({ ...place, ...unknownField(features, name, this.hints++ < MAX_HINTS) });
  }

  refusal(): ReturnType<typeof refused> {
    const more = this.count > this.kept.length ? `, the first ${this.kept.length} are listed` : '';
    const message = `The input has ${this.count} ${this.count === 1 ? 'error' : 'errors'}${more}; nothing was scored.`;
    return refused('InvalidInput', message, this.kept);
  }
}
