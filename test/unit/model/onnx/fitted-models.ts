import type { CandidateDefinition } from '../../../../src/contracts/definition.js';
import type { CandidateKind } from '../../../../src/ml/learners/index.js';
import type { FeatureColumn, ModelDocument } from '../../../../src/contracts/model.js';
import { fitCandidate } from '../../../../src/ml/learners/fit-candidate.js';
import { fitCalibrationBy } from '../../../../src/ml/evaluation/calibration.js';
import { fitFeatures } from '../../../../src/ml/features.js';
import { createRandom } from '../../../../src/ml/random.js';
import type { Table } from '../../../../src/ml/table.js';
import { scoreRows } from '../../../../src/model/predict.js';
import { randomDocument } from './random-models.js';

const ROWS = 1500;

const OPTIONS: { [K in CandidateKind]: CandidateDefinition<K>['options'] } = {
  'logistic-regression': { inverseRegularization: 1, maxIterations: 100 },
  'linear-svm': { inverseRegularization: 1, maxIterations: 100, calibrationFolds: 3 },
  'neural-network': { hiddenUnits: [8], l2Regularization: 1e-4, epochs: 20, learningRate: 0.01, batchRows: 64 },
  cart: { maxDepth: 5, minLeafRows: 5, exactUpToRows: 5000 },
  'random-forest': { trees: 30, maxDepth: 6, minLeafRows: 1, featuresPerSplit: 0 },
  'gradient-boosting': { trees: 30, learningRate: 0.1, maxDepth: 3, minLeafRows: 5, l2Regularization: 1 },
};

const COLUMNS: FeatureColumn[] = [
  { name: 'hb', unit: 'g/dL', range: [1, 25], impute: 'median' },
  { name: 'red', unit: '%', range: [0, 100], impute: 'none' },
  { name: 'age', unit: 'years', range: [0, 120], impute: 'mean' },
];

/** Synthetic: tenths, a continuous column and whole numbers, so that rows and scores tie. */
function tableOf(seed: number): Table {
  const random = createRandom(seed);
  const columns = COLUMNS.map(() => new Float64Array(ROWS));
  const labels = new Uint8Array(ROWS);
  for (let row = 0; row < ROWS; row++) {
    const [hb, red, age] = [(50 + random.below(120)) / 10, 30 + 30 * random.float(), random.below(90)];
    labels[row] = random.float() < 1 / (1 + Math.exp(hb - 11 + (red - 45) / 5)) ? 1 : 0;
    columns[0]![row] = random.float() < 0.1 ? NaN : hb;
    columns[1]![row] = red;
    columns[2]![row] = random.float() < 0.1 ? NaN : age;
  }
  return { columns, labels };
}

/** A document that a learner of ours fitted, isotonically calibrated on its own scores, and the rows it was fitted on. */
export function fittedModel(kind: CandidateKind, seed: number): { document: ModelDocument; columns: Float64Array[] } {
  const table = tableOf(seed);
  const rows = new Int32Array(ROWS).map((_, row) => row);
  const features = fitFeatures(COLUMNS, table, rows);
  // Each kind has the options of its kind, which the compiler cannot see through a union.
  const candidate = { kind, name: kind, options: OPTIONS[kind], search: null } as CandidateDefinition;
  const { estimator } = fitCandidate(candidate, table, rows, features, seed);
  const scores = scoreRows({ features, estimator, calibration: null }, table, rows);
  const calibration = fitCalibrationBy('isotonic', scores, table.labels);
  const around = randomDocument({ kind, calibration: 'none', imputed: 'none', features: 1, seed });
  return { document: { ...around, features, estimator, calibration }, columns: table.columns };
}
