import { createHash } from 'node:crypto';
import { METRIC_NAMES, type MetricTable } from '../../src/contracts/metrics.js';
import type { Estimator, ModelDocument, ModelFeature, Tree } from '../../src/contracts/model.js';
import { serializeModelDocument } from '../../src/serving/model-document.js';
import type { ModelMeta } from '../../src/serving/model-card.js';

/** Features of the example model; `hb` may be missing. */
export const FEATURES: ModelFeature[] = [
  { name: 'r', unit: '%', range: [0, 100], imputation: null, mean: 45, scale: 4 },
  { name: 'g', unit: '%', range: [0, 100], imputation: null, mean: 29, scale: 2 },
  { name: 'hb', unit: 'g/dL', range: [1, 25], imputation: 11.5, mean: 11, scale: 2.5 },
];

/** x[2] <= 10.7 ? (x[0] <= 44 ? 0.9 : 0.75) : 0.1 */
export const TREE: Tree = {
  feature: [2, 0, -1, -1, -1],
  threshold: [10.7, 44, 0, 0, 0],
  left: [1, 3, -1, -1, -1],
  right: [2, 4, -1, -1, -1],
  value: [0.4, 0.8, 0.1, 0.9, 0.75],
};

export const STUMP: Tree = {
  feature: [1, -1, -1],
  threshold: [28, 0, 0],
  left: [1, -1, -1],
  right: [2, -1, -1],
  value: [0.5, 0.7, 0.2],
};

export const LOGISTIC: Estimator = { kind: 'logistic-regression', intercept: -0.25, coefficients: [-0.5, -1, -2] };
export const CART: Estimator = { kind: 'cart', tree: TREE };
export const FOREST: Estimator = { kind: 'random-forest', trees: [TREE, STUMP, TREE] };
export const ESTIMATORS = [LOGISTIC, CART, FOREST];

const metrics = (): MetricTable =>
  Object.fromEntries(METRIC_NAMES.map((name) => [name, { value: 0.9, low: 0.8, high: null }])) as MetricTable;

/** A valid document around an estimator. */
export function modelDocument(estimator: Estimator = CART, features: ModelFeature[] = FEATURES): ModelDocument {
  return structuredClone({
    schemaVersion: 1,
    name: 'anemia',
    features,
    labels: { negative: 'No', positive: 'Yes' },
    estimator,
    threshold: 0.5,
    training: {
      candidate: estimator.kind,
      kind: estimator.kind,
      datasetSha256: 'a'.repeat(64),
      definitionSha256: 'b'.repeat(64),
      codeVersion: '0.1.0',
      seed: 7,
      rows: 83,
      positives: 21,
    },
    metrics: { crossValidated: metrics(), holdout: metrics() },
  });
}

/** Bytes of a document and what registration would say of them. */
export function registered(document: ModelDocument, version = 1): { bytes: Uint8Array; meta: ModelMeta } {
  const bytes = serializeModelDocument(document);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return { bytes, meta: { name: document.name, version, sha256 } };
}
