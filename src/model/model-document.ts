import { PipelineFailure } from '../contracts/failures.js';
import { MAX_FEATURES, MAX_MODEL_BYTES, SHORT_TEXT, SHORT_TEXT_WORDS } from '../contracts/limits.js';
import { METRIC_NAMES } from '../contracts/vocabulary.js';
import type { ThresholdRule } from '../contracts/definition.js';
import type { Estimate, MetricTable, ThresholdChoice } from '../contracts/values.js';
import { MODEL_SCHEMA_VERSION, type ModelDocument } from '../contracts/model.js';
import { checkInteger, checkList, checkNumber, checkRecord, checkText, isRecord, kindOf, refuse } from './checks.js';
import { checkCalibration } from './calibration.js';
import { checkFeature } from './features.js';
import { checkEstimator, type Estimator } from '../ml/learners/index.js';

const KEYS = [
  'schemaVersion',
  'name',
  'features',
  'labels',
  'estimator',
  'calibration',
  'threshold',
  'thresholdChoice',
  'training',
  'metrics',
] as const;

const HASH = /^[0-9a-f]{64}$/;

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
      `model.json: schemaVersion is not ${MODEL_SCHEMA_VERSION}, which this code reads; use the code version that wrote it.`,
    );
  }
  const root = checkRecord(value, 'the document', KEYS);
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
    calibration: root.calibration === null ? null : checkCalibration(root.calibration),
    threshold: checkNumber(root.threshold, 'threshold', 0, 1),
    thresholdChoice: root.thresholdChoice === null ? null : checkThresholdChoice(root.thresholdChoice),
    training: checkTraining(root.training, estimator.kind),
    metrics: {
      crossValidated: checkMetrics(metrics.crossValidated, 'metrics.crossValidated'),
      holdout: checkMetrics(metrics.holdout, 'metrics.holdout'),
    },
  };
}

function checkLabels(value: unknown): ModelDocument['labels'] {
  const labels = checkRecord(value, 'labels', ['negative', 'positive']);
  return {
    negative: checkText(labels.negative, 'labels.negative', SHORT_TEXT, SHORT_TEXT_WORDS),
    positive: checkText(labels.positive, 'labels.positive', SHORT_TEXT, SHORT_TEXT_WORDS),
  };
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
    candidate: checkText(item.candidate, 'training.candidate', SHORT_TEXT, SHORT_TEXT_WORDS),
    kind,
    datasetSha256: checkText(item.datasetSha256, 'training.datasetSha256', HASH, '64 lower-case hexadecimal digits'),
    definitionSha256: checkText(
      item.definitionSha256,
      'training.definitionSha256',
      HASH,
      '64 lower-case hexadecimal digits',
    ),
    codeVersion: checkText(item.codeVersion, 'training.codeVersion', SHORT_TEXT, SHORT_TEXT_WORDS),
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

function checkThresholdChoice(value: unknown): ThresholdChoice {
  const item = checkRecord(value, 'thresholdChoice', [
    'rule',
    'rows',
    'positives',
    'recall',
    'specificity',
    'precision',
  ]);
  const share = (name: 'recall' | 'specificity' | 'precision') =>
    item[name] === null ? null : checkNumber(item[name], `thresholdChoice.${name}`, 0, 1);
  const rows = checkInteger(item.rows, 'thresholdChoice.rows', 0, Number.MAX_SAFE_INTEGER);
  return {
    rule: checkRule(item.rule),
    rows,
    positives: checkInteger(item.positives, 'thresholdChoice.positives', 0, rows),
    recall: share('recall'),
    specificity: share('specificity'),
    precision: share('precision'),
  };
}

function checkRule(value: unknown): ThresholdRule {
  const path = 'thresholdChoice.rule';
  const rule = isRecord(value) ? value['rule'] : undefined;
  switch (rule) {
    case 'fixed':
      return { rule, value: checkNumber(checkRecord(value, path, ['rule', 'value']).value, `${path}.value`, 0, 1) };
    case 'recall':
      return {
        rule,
        atLeast: checkNumber(checkRecord(value, path, ['rule', 'atLeast']).atLeast, `${path}.atLeast`, 0, 1),
      };
    case 'cost': {
      const item = checkRecord(value, path, ['rule', 'falsePositive', 'falseNegative']);
      const cost = (name: 'falsePositive' | 'falseNegative') => checkNumber(item[name], `${path}.${name}`, 0);
      return { rule, falsePositive: cost('falsePositive'), falseNegative: cost('falseNegative') };
    }
    case 'youden':
      checkRecord(value, path, ['rule']);
      return { rule };
    default:
      return refuse(path, rule === undefined ? 'missing' : 'unknown', 'one of fixed, recall, cost, youden');
  }
}
