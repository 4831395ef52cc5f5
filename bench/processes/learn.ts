// learn.ts TRAIN.parquet TEST.parquet KIND OPTIONS-JSON REPEATS: fits our tree or forest, one thread, and prints
// {seconds, auc, peakBytes}, as bench/peers/learn.py does for scikit-learn.
import type { CartOptions, RandomForestOptions } from '../../src/contracts/definition.js';
import type { FittedModel } from '../../src/contracts/model.js';
import { readTable } from '../../src/data/read.js';
import { fitCart } from '../../src/ml/cart.js';
import { fitForest } from '../../src/ml/forest.js';
import { DEFAULT_THRESHOLD, metricValues } from '../../src/ml/metrics.js';
import { fitFeatures } from '../../src/ml/preprocess.js';
import { scoreRows } from '../../src/serving/predict.js';
import { peakMemory } from '../measure.js';

export interface Learned {
  seconds: number[];
  auc: number;
  peakBytes: number;
}

const NAMES = ['r', 'g', 'b'];
const SEED = 42;

const [trainPath, testPath, kind, json, repeats] = process.argv.slice(2) as [string, string, string, string, string];
const { columns, labels } = await readTable(trainPath, NAMES);

const fit = (): FittedModel['estimator'] =>
  kind === 'cart'
    ? { kind: 'cart', tree: fitCart(columns, labels, JSON.parse(json) as CartOptions).tree }
    : { kind: 'random-forest', trees: fitForest(columns, labels, JSON.parse(json) as RandomForestOptions, SEED) };

const seconds: number[] = [];
let estimator = null;
for (let i = 0; i < Number(repeats); i++) {
  const start = performance.now();
  estimator = fit();
  seconds.push((performance.now() - start) / 1000);
}
const peakBytes = peakMemory();

const test = await readTable(testPath, NAMES);
const rows = (length: number) => Int32Array.from({ length }, (_, row) => row);
const described = NAMES.map((name) => ({
  name,
  unit: '',
  range: [0, 100] as [number, number],
  impute: 'none' as const,
}));
const features = fitFeatures(described, test, rows(test.labels.length));
const scores = scoreRows({ features, estimator: estimator ?? fit() }, test.columns, rows(test.labels.length));
const auc = metricValues(scores, test.labels, DEFAULT_THRESHOLD).values.rocAuc ?? NaN;
console.log(JSON.stringify({ seconds, auc, peakBytes } satisfies Learned));
