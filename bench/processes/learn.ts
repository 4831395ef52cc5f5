// learn.ts TRAIN.parquet TEST.parquet KIND OPTIONS-JSON REPEATS: fits one of our learners, one thread, and prints
// {seconds, auc, peakBytes}, as bench/peers/learn.py does for scikit-learn.
import type { CandidateDefinition } from '../../src/contracts/definition.js';
import { readTable } from '../../src/data/read.js';
import { fitCandidate } from '../../src/ml/learners/fit-candidate.js';
import { DEFAULT_THRESHOLD, metricValues } from '../../src/ml/evaluation/metrics.js';
import { fitFeatures } from '../../src/ml/features.js';
import { scoreRows } from '../../src/model/predict.js';
import { peakMemory } from '../measure.js';

export interface Learned {
  seconds: number[];
  auc: number;
  peakBytes: number;
}

const NAMES = ['r', 'g', 'b'];
const SEED = 42;

const [trainPath, testPath, kind, json, repeats] = process.argv.slice(2) as [string, string, string, string, string];
// The bench gives options that fit the kind.
const candidate = { kind, name: kind, options: JSON.parse(json) as unknown, search: null } as CandidateDefinition;
const described = NAMES.map((name) => ({
  name,
  unit: '',
  range: [0, 100] as [number, number],
  impute: 'none' as const,
}));
const rowsOf = ({ labels }: { labels: Uint8Array }) => Int32Array.from(labels, (_, row) => row);

const train = await readTable(trainPath, NAMES);
const features = fitFeatures(described, train, rowsOf(train));
const fit = () => fitCandidate(candidate, train, rowsOf(train), features, SEED).estimator;

const seconds: number[] = [];
let estimator = null;
for (let i = 0; i < Number(repeats); i++) {
  const start = performance.now();
  estimator = fit();
  seconds.push((performance.now() - start) / 1000);
}
const peakBytes = peakMemory();

const test = await readTable(testPath, NAMES);
const model = { features, estimator: estimator ?? fit(), calibration: null };
const scores = scoreRows(model, test, rowsOf(test));
const auc = metricValues(scores, test.labels, DEFAULT_THRESHOLD).values.rocAuc ?? NaN;
console.log(JSON.stringify({ seconds, auc, peakBytes } satisfies Learned));
