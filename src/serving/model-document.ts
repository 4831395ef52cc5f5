import { PipelineFailure } from '../contracts/failures.js';
import { METRIC_NAMES, type Estimate, type MetricTable } from '../contracts/metrics.js';
import { MODEL_SCHEMA_VERSION, type Estimator, type ModelDocument, type ModelFeature } from '../contracts/model.js';
import { checkInteger, checkList, checkNumber, checkRecord, checkText, isRecord, kindOf, refuse } from './checks.js';
import { checkTree } from './tree-check.js';

/** Largest accepted document in bytes. */
export const MAX_MODEL_BYTES = 4 * 1024 * 1024;
/** Largest number of features. */
export const MAX_FEATURES = 1000;
/** Largest number of trees in a forest. */
export const MAX_TREES = 1000;

const HASH = /^[0-9a-f]{64}$/;
const SHORT_TEXT = /^[^\p{Cc}]{1,200}$/u;
const FEATURE_NAME = /^(?!(?:constructor|prototype)$)[a-z][a-z0-9_]{0,63}$/;
const KINDS = ['logistic-regression', 'cart', 'random-forest'] as const;

/**
 * Reads `model.json` and checks every value before anything is scored with it. No code is ever loaded.
 * @throws PipelineFailure `ModelInvalid` naming the place, what kind of thing was found and the limit
 */
export function parseModelDocument(source: Uint8Array | string): ModelDocument {
  const bytes = typeof source === 'string' ? new TextEncoder().encode(source) : source;
  if (bytes.length > MAX_MODEL_BYTES)
    refuse('the file', `${bytes.length} bytes long`, `at most ${MAX_MODEL_BYTES} bytes`);
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    refuse('the file', `${bytes.length} bytes of something else`, 'JSON in UTF-8');
  }
  return checkDocument(value);
}

/**
 * Canonical bytes of a document: fixed key order, one line, ending in a newline. Equal content gives equal bytes.
 * @throws PipelineFailure `ModelInvalid` when the document would not be read back
 */
export function serializeModelDocument(document: ModelDocument): Uint8Array {
  const bytes = new TextEncoder().encode(`${JSON.stringify(checkDocument(document))}\n`);
  if (bytes.length > MAX_MODEL_BYTES)
    refuse('the file', `${bytes.length} bytes long`, `at most ${MAX_MODEL_BYTES} bytes`);
  return bytes;
}

function checkDocument(value: unknown): ModelDocument {
  if (!isRecord(value)) refuse('the document', kindOf(value), 'an object');
  if (value['schemaVersion'] !== MODEL_SCHEMA_VERSION) {
    throw new PipelineFailure(
      'ModelInvalid',
      `model.json: schemaVersion is not ${MODEL_SCHEMA_VERSION}, the only one this code reads; use the code version that wrote it.`,
    );
  }
  const keys = [
    'schemaVersion',
    'name',
    'features',
    'labels',
    'estimator',
    'threshold',
    'training',
    'metrics',
  ] as const;
  const root = checkRecord(value, 'the document', keys);
  const features = checkList(root.features, 'features', 1, MAX_FEATURES).map(checkFeature);
  const seen = new Set<string>();
  features.forEach(({ name }, j) => {
    if (seen.has(name)) refuse(`features[${j}].name`, 'a repetition', 'a name of its own');
    seen.add(name);
  });
  const estimator = checkEstimator(root.estimator, features);
  const metrics = checkRecord(root.metrics, 'metrics', ['crossValidated', 'holdout']);
  return {
    schemaVersion: MODEL_SCHEMA_VERSION,
    name: checkText(root.name, 'name', /^[A-Za-z0-9][\w.\- ]{0,127}$/, 'letters, digits, _ . - and spaces'),
    features,
    labels: checkLabels(root.labels),
    estimator,
    threshold: checkNumber(root.threshold, 'threshold', 0, 1),
    training: checkTraining(root.training, estimator.kind),
    metrics: {
      crossValidated: checkMetrics(metrics.crossValidated, 'metrics.crossValidated'),
      holdout: checkMetrics(metrics.holdout, 'metrics.holdout'),
    },
  };
}

function checkFeature(value: unknown, j: number): ModelFeature {
  const path = `features[${j}]`;
  const item = checkRecord(value, path, ['name', 'unit', 'range', 'imputation', 'mean', 'scale']);
  const limits = checkList(item.range, `${path}.range`, 2, 2);
  const min = checkNumber(limits[0], `${path}.range[0]`);
  const max = checkNumber(limits[1], `${path}.range[1]`, min);
  return {
    name: checkText(
      item.name,
      `${path}.name`,
      FEATURE_NAME,
      'a lower-case name of at most 64 characters that is not reserved',
    ),
    unit: checkText(item.unit, `${path}.unit`, /^[^\p{Cc}]{0,40}$/u, 'text of at most 40 characters'),
    range: [min, max],
    imputation: item.imputation === null ? null : checkNumber(item.imputation, `${path}.imputation`),
    mean: checkNumber(item.mean, `${path}.mean`),
    scale: checkNumber(item.scale, `${path}.scale`, Number.MIN_VALUE),
  };
}

function checkLabels(value: unknown): ModelDocument['labels'] {
  const labels = checkRecord(value, 'labels', ['negative', 'positive']);
  return {
    negative: checkText(labels.negative, 'labels.negative', SHORT_TEXT, 'text of 1 to 200 characters'),
    positive: checkText(labels.positive, 'labels.positive', SHORT_TEXT, 'text of 1 to 200 characters'),
  };
}

function checkEstimator(value: unknown, features: ModelFeature[]): Estimator {
  const kind = isRecord(value) ? value['kind'] : undefined;
  switch (kind) {
    case 'logistic-regression': {
      const item = checkRecord(value, 'estimator', ['kind', 'intercept', 'coefficients']);
      const intercept = checkNumber(item.intercept, 'estimator.intercept');
      const list = checkList(item.coefficients, 'estimator.coefficients', features.length, features.length);
      const coefficients = list.map((entry, j) => checkNumber(entry, `estimator.coefficients[${j}]`));
      checkLogit(intercept, coefficients, features);
      return { kind, intercept, coefficients };
    }
    case 'cart': {
      const item = checkRecord(value, 'estimator', ['kind', 'tree']);
      return { kind, tree: checkTree(item.tree, 'estimator.tree', features.length) };
    }
    case 'random-forest': {
      const item = checkRecord(value, 'estimator', ['kind', 'trees']);
      const trees = checkList(item.trees, 'estimator.trees', 1, MAX_TREES);
      return { kind, trees: trees.map((tree, t) => checkTree(tree, `estimator.trees[${t}]`, features.length)) };
    }
    default:
      return refuse('estimator.kind', kind === undefined ? 'missing' : 'unknown', `one of ${KINDS.join(', ')}`);
  }
}

/** The linear predictor must stay finite for every value in range, or infinities could cancel to no number at all. */
function checkLogit(intercept: number, coefficients: number[], features: ModelFeature[]): void {
  let bound = Math.abs(intercept);
  features.forEach(({ range, imputation, mean, scale }, j) => {
    const reach = Math.max(...[range[0], range[1], imputation ?? mean].map((x) => Math.abs((x - mean) / scale)));
    bound += Math.abs(coefficients[j]!) * reach;
  });
  if (!Number.isFinite(bound))
    refuse('estimator', 'unbounded over the ranges of its features', 'a finite linear predictor');
}

function checkTraining(value: unknown, kind: Estimator['kind']): ModelDocument['training'] {
  const keys = [
    'candidate',
    'kind',
    'datasetSha256',
    'definitionSha256',
    'codeVersion',
    'seed',
    'rows',
    'positives',
  ] as const;
  const item = checkRecord(value, 'training', keys);
  if (item.kind !== kind) refuse('training.kind', 'different', 'the kind of the estimator');
  const rows = checkInteger(item.rows, 'training.rows', 0, Number.MAX_SAFE_INTEGER);
  return {
    candidate: checkText(item.candidate, 'training.candidate', SHORT_TEXT, 'text of 1 to 200 characters'),
    kind,
    datasetSha256: checkText(item.datasetSha256, 'training.datasetSha256', HASH, '64 lower-case hexadecimal digits'),
    definitionSha256: checkText(
      item.definitionSha256,
      'training.definitionSha256',
      HASH,
      '64 lower-case hexadecimal digits',
    ),
    codeVersion: checkText(item.codeVersion, 'training.codeVersion', SHORT_TEXT, 'text of 1 to 200 characters'),
    seed: checkInteger(item.seed, 'training.seed', Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER),
    rows,
    positives: checkInteger(item.positives, 'training.positives', 0, rows),
  };
}

function checkMetrics(value: unknown, path: string): MetricTable {
  const table = checkRecord(value, path, METRIC_NAMES);
  const entries = METRIC_NAMES.map((name) => [name, checkEstimate(table[name], `${path}.${name}`)] as const);
  return Object.fromEntries(entries) as MetricTable; // every metric name has its entry
}

function checkEstimate(value: unknown, path: string): Estimate {
  const item = checkRecord(value, path, ['value', 'low', 'high']);
  const numberOrNull = (entry: unknown, name: string): number | null =>
    entry === null ? null : checkNumber(entry, `${path}.${name}`);
  return {
    value: numberOrNull(item.value, 'value'),
    low: numberOrNull(item.low, 'low'),
    high: numberOrNull(item.high, 'high'),
  };
}
