import { createHash } from 'node:crypto';
import type { Calibration, ModelFeature } from '../../../src/contracts/learner.js';
import { METRIC_NAMES } from '../../../src/contracts/vocabulary.js';
import type { MetricTable, ThresholdChoice } from '../../../src/contracts/values.js';
import type { ModelDocument } from '../../../src/contracts/model.js';
import type { Estimator } from '../../../src/ml/learners/index.js';
import type { Tree } from '../../../src/ml/learners/tree/check.js';
import { serializeModelDocument } from '../../../src/model/model-document.js';
import type { ModelMeta } from '../../../src/serving/model-card.js';

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

export const LOGISTIC = {
  kind: 'logistic-regression',
  intercept: -0.25,
  coefficients: [-0.5, -1, -2],
} satisfies Estimator;
export const SVM = {
  kind: 'linear-svm',
  intercept: 0.125,
  coefficients: [-0.25, -0.5, -1],
  platt: { slope: 2, offset: -0.75 },
} satisfies Estimator;
/** Three inputs, two hidden layers of two and three units. */
export const NETWORK = {
  kind: 'neural-network',
  layers: [
    {
      weights: [
        [0.5, -1, 2],
        [-0.75, 0.25, -1.5],
      ],
      biases: [0.25, -0.5],
    },
    {
      weights: [
        [1, -1],
        [0.5, 0.5],
        [-2, 0.1],
      ],
      biases: [0, -0.25, 1],
    },
    { weights: [[-1, 1.5, 0.75]], biases: [0.125] },
  ],
} satisfies Estimator;
export const CART = { kind: 'cart', tree: TREE } satisfies Estimator;
export const FOREST = { kind: 'random-forest', trees: [TREE, STUMP, TREE] } satisfies Estimator;
/** Its leaves are log-odds. */
export const BOOSTING = {
  kind: 'gradient-boosting',
  intercept: -1.5,
  trees: [{ ...TREE, value: [0, 0, -2.5, 3.5, 1.25] }, { ...STUMP, value: [0, 0.7, -0.2] }, STUMP],
} satisfies Estimator;
export const ESTIMATORS: Estimator[] = [LOGISTIC, SVM, NETWORK, CART, FOREST, BOOSTING];

export const PLATT = { kind: 'platt', intercept: -0.5, slope: 1.25 } satisfies Calibration;
export const ISOTONIC = {
  kind: 'isotonic',
  scores: [0.1, 0.3, 0.5, 0.8],
  probabilities: [0.05, 0.2, 0.2, 1],
} satisfies Calibration;
export const CALIBRATIONS: (Calibration | null)[] = [null, PLATT, ISOTONIC];

/** One of every rule. */
export const THRESHOLD_CHOICES = [
  { rule: { rule: 'fixed', value: 0.5 }, rows: 83, positives: 21, recall: 0.9, specificity: 0.95, precision: 0.8 },
  { rule: { rule: 'recall', atLeast: 0.95 }, rows: 83, positives: 21, recall: 1, specificity: 0, precision: 0.25 },
  {
    rule: { rule: 'cost', falsePositive: 1, falseNegative: 10 },
    ...{ rows: 21, positives: 21, recall: 1, specificity: null, precision: 1 },
  },
  { rule: { rule: 'youden' }, rows: 0, positives: 0, recall: null, specificity: null, precision: null },
] satisfies ThresholdChoice[];

const metrics = (): MetricTable =>
  Object.fromEntries(METRIC_NAMES.map((name) => [name, { value: 0.9, low: 0.8, high: null }])) as MetricTable;

/** A valid document around an estimator. */
export function modelDocument(estimator: Estimator = CART, features: ModelFeature[] = FEATURES): ModelDocument {
  return structuredClone({
    schemaVersion: 2,
    name: 'anemia',
    features,
    labels: { negative: 'No', positive: 'Yes' },
    estimator,
    calibration: null,
    threshold: 0.5,
    thresholdChoice: null,
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
