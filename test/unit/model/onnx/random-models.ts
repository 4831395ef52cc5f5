import type { Calibration, ModelFeature } from '../../../../src/contracts/learner.js';
import { METRIC_NAMES } from '../../../../src/contracts/vocabulary.js';
import type { MetricTable } from '../../../../src/contracts/values.js';
import type { ModelDocument } from '../../../../src/contracts/model.js';
import type { CandidateKind } from '../../../../src/ml/learners/index.js';
import type { Layer } from '../../../../src/ml/learners/neural-network/check.js';
import type { Tree } from '../../../../src/ml/learners/tree/check.js';
import { createRandom, type Random } from '../../../../src/ml/random.js';
import { treesOf, type Estimator } from '../../../../src/ml/learners/index.js';

export const KINDS = [
  'logistic-regression',
  'linear-svm',
  'neural-network',
  'cart',
  'random-forest',
  'gradient-boosting',
] as const satisfies Estimator['kind'][];
export const CALIBRATIONS = ['none', 'platt', 'isotonic'] as const;
/** Which features have an imputation. */
export const IMPUTED = ['all', 'some', 'none'] as const;

export interface Shape {
  kind: CandidateKind;
  calibration: (typeof CALIBRATIONS)[number];
  imputed: (typeof IMPUTED)[number];
  features: number;
  seed: number;
}

/** One is named as an output is, so that the output must give way. */
const NAMES = ['hb', 'probability', 'red', 'tenths', 'tiny', 'far'];
const RANGES: [number, number][] = [
  [1, 25],
  [0, 100],
  [-3, 3],
  [0, 1],
  [-1e-6, 1e-6],
  [1e6, 1e6 + 50],
];
const TREES = 40;
const DEPTH = 6;

const between = (random: Random, min: number, max: number): number => min + random.float() * (max - min);
const times = <T>(count: number, make: (index: number) => T): T[] => Array.from({ length: count }, (_, i) => make(i));
const decimals = (value: number, digits: number): number => Math.round(value * 10 ** digits) / 10 ** digits;

function featuresOf(random: Random, { features, imputed }: Shape): ModelFeature[] {
  return times(features, (j) => {
    const [min, max] = RANGES[j]!;
    const imputation = imputed === 'all' || (imputed === 'some' && j % 2 === 0) ? between(random, min, max) : null;
    const scale = (max - min) * between(random, 0.1, 0.4);
    return {
      name: NAMES[j]!,
      unit: j === 0 ? 'g/dL' : '',
      range: [min, max],
      imputation,
      mean: (min + max) / 2,
      scale,
    };
  });
}

/** A tree whose thresholds are arbitrary, or decimals that binary fractions miss; it may be a leaf. */
function treeOf(random: Random, features: ModelFeature[], value: () => number): Tree {
  const tree: Tree = { feature: [], threshold: [], left: [], right: [], value: [] };
  const grow = (depth: number): number => {
    const node = tree.feature.length;
    const isLeaf = depth === DEPTH || random.float() < 0.1;
    const split = random.below(features.length);
    const [min, max] = features[split]!.range;
    const threshold = between(random, min, max);
    tree.feature.push(isLeaf ? -1 : split);
    tree.threshold.push(isLeaf ? 0 : random.float() < 0.5 ? threshold : decimals(threshold, 1));
    tree.value.push(value());
    tree.left.push(-1);
    tree.right.push(-1);
    if (!isLeaf) {
      tree.left[node] = grow(depth + 1);
      tree.right[node] = grow(depth + 1);
    }
    return node;
  };
  grow(0);
  return tree;
}

function layersOf(random: Random, features: number): Layer[] {
  const widths = [features, 8, 5, 1];
  return times(widths.length - 1, (depth) => ({
    weights: times(widths[depth + 1]!, () => times(widths[depth]!, () => between(random, -1, 1))),
    biases: times(widths[depth + 1]!, () => between(random, -0.5, 0.5)),
  }));
}

function estimatorOf(random: Random, kind: CandidateKind, features: ModelFeature[]): Estimator {
  const linear = () => ({
    intercept: between(random, -1, 1),
    coefficients: features.map(() => between(random, -2, 2)),
  });
  // Shares of few rows, as leaves have them: sums tie, with one another and with the threshold.
  const share = (): number => decimals(random.below(9) / 8, 6);
  switch (kind) {
    case 'logistic-regression':
      return { kind, ...linear() };
    case 'linear-svm':
      return { kind, ...linear(), platt: { slope: between(random, 0.5, 3), offset: between(random, -0.5, 0.5) } };
    case 'neural-network':
      return { kind, layers: layersOf(random, features.length) };
    case 'cart':
      return { kind, tree: treeOf(random, features, share) };
    case 'random-forest':
      return { kind, trees: times(TREES, () => treeOf(random, features, share)) };
    case 'gradient-boosting': {
      const trees = times(TREES, () => treeOf(random, features, () => between(random, -0.4, 0.4)));
      return { kind, intercept: between(random, -0.5, 0.5), trees };
    }
  }
}

/** Points of an isotonic calibration include scores that trees give, and very steep and flat segments. */
function calibrationOf(random: Random, kind: Shape['calibration']): Calibration | null {
  if (kind === 'none') return null;
  if (kind === 'platt') return { kind, intercept: between(random, -1, 1), slope: between(random, 0.2, 2) };
  const points = [0.25, 0.5, 0.5 + 1e-9, 0.625, ...times(1 + random.below(30), () => random.float())];
  const ascending = (values: number[]): number[] => [...new Set(values)].sort((a, b) => a - b);
  const scores = ascending(points);
  const shares = ascending(times(scores.length, () => random.float()));
  return { kind, scores, probabilities: shares.map((value, i) => (i % 3 === 1 ? shares[i - 1]! : value)) };
}

const metrics = (): MetricTable =>
  Object.fromEntries(METRIC_NAMES.map((name) => [name, { value: 0.9, low: 0.8, high: null }])) as MetricTable;

/** A valid document with arbitrary parameters; equal shapes give equal documents. */
export function randomDocument(shape: Shape): ModelDocument {
  const random = createRandom(shape.seed, shape.features);
  const features = featuresOf(random, shape);
  return {
    schemaVersion: 2,
    name: 'random-model',
    features,
    labels: { negative: 'No', positive: 'Yes' },
    estimator: estimatorOf(random, shape.kind, features),
    calibration: calibrationOf(random, shape.calibration),
    threshold: 0.5,
    thresholdChoice: null,
    training: {
      candidate: shape.kind,
      kind: shape.kind,
      datasetSha256: 'a'.repeat(64),
      definitionSha256: 'b'.repeat(64),
      codeVersion: '0.1.0',
      seed: shape.seed,
      rows: 83,
      positives: 21,
    },
    metrics: { crossValidated: metrics(), holdout: metrics() },
  };
}

/** Columns of values inside and outside of the ranges, at thresholds and right beside them, some missing. */
export function randomColumns(document: ModelDocument, rows: number, seed: number): Float64Array[] {
  const random = createRandom(seed, rows);
  const trees = treesOf(document.estimator);
  return document.features.map(({ range: [min, max] }, j) => {
    const at = trees.flatMap((tree) => tree.threshold.filter((_, node) => tree.feature[node] === j));
    const reach = (max - min) / 2;
    return Float64Array.from({ length: rows }, () => {
      const draw = random.float();
      if (draw < 0.01) return NaN;
      if (draw < 0.05) return random.float() < 0.5 ? min : max;
      if (draw > 0.4 || at.length === 0) return between(random, min - reach, max + reach);
      const threshold = at[random.below(at.length)]!;
      return [threshold, threshold + beside(threshold), threshold - beside(threshold)][random.below(3)]!;
    });
  });
}

/** About the distance to the next double. */
const beside = (value: number): number => Math.max(Math.abs(value) * 2 ** -52, Number.MIN_VALUE);
