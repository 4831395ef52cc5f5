import type { CandidateKind } from '../contracts/definition.js';
import { isOwnKind } from '../contracts/learner.js';
import { MAX_LAYERS, MAX_TREES, MAX_UNITS } from '../contracts/model-limits.js';
import type { Estimator, Layer, ModelFeature, Tree } from '../contracts/model.js';
import { checkList, checkNumber, checkNumbers, checkRecord, isRecord, refuse } from './checks.js';
import { checkOwnEstimator } from '../ml/learners/custom/check.js';
import { checkTree, type Limits } from '../ml/learners/tree/check.js';

/** Log-odds of a leaf: a thousand trees of such leaves still add up to a finite number. */
const LOG_ODDS: Limits = { min: -1e6, max: 1e6 };

type Check<K extends CandidateKind> = (value: unknown, features: ModelFeature[]) => Extract<Estimator, { kind: K }>;

const CHECKS: { [K in CandidateKind]: Check<K> } = {
  'logistic-regression': (value, features) => ({
    kind: 'logistic-regression',
    ...checkLinear(checkRecord(value, 'estimator', ['kind', 'intercept', 'coefficients']), features),
  }),
  'linear-svm': (value, features) => {
    const item = checkRecord(value, 'estimator', ['kind', 'intercept', 'coefficients', 'platt']);
    const platt = checkRecord(item.platt, 'estimator.platt', ['slope', 'offset']);
    const slope = checkNumber(platt.slope, 'estimator.platt.slope', 0);
    const offset = checkNumber(platt.offset, 'estimator.platt.offset');
    const linear = checkLinear(item, features);
    refuseUnlessFinite(reachOfLinear(linear, features) * slope + Math.abs(offset));
    return { kind: 'linear-svm', ...linear, platt: { slope, offset } };
  },
  'neural-network': (value, features) => {
    const item = checkRecord(value, 'estimator', ['kind', 'layers']);
    const list = checkList(item.layers, 'estimator.layers', 1, MAX_LAYERS);
    const layers: Layer[] = [];
    for (const [depth, entry] of list.entries()) {
      const inputs = layers.at(-1)?.biases.length ?? features.length;
      layers.push(checkLayer(entry, `estimator.layers[${depth}]`, inputs, depth === list.length - 1 ? 1 : MAX_UNITS));
    }
    refuseUnlessFinite(reachOfLayers(layers, features));
    return { kind: 'neural-network', layers };
  },
  cart: (value, features) => {
    const item = checkRecord(value, 'estimator', ['kind', 'tree']);
    return { kind: 'cart', tree: checkTree(item.tree, 'estimator.tree', features.length) };
  },
  'random-forest': (value, features) => {
    const item = checkRecord(value, 'estimator', ['kind', 'trees']);
    return { kind: 'random-forest', trees: checkTrees(item.trees, features) };
  },
  'gradient-boosting': (value, features) => {
    const item = checkRecord(value, 'estimator', ['kind', 'intercept', 'trees']);
    const intercept = checkNumber(item.intercept, 'estimator.intercept', LOG_ODDS.min, LOG_ODDS.max);
    return { kind: 'gradient-boosting', intercept, trees: checkTrees(item.trees, features, LOG_ODDS) };
  },
};

/** @throws PipelineFailure `ModelInvalid` */
export function checkEstimator(value: unknown, features: ModelFeature[]): Estimator {
  const kind = isRecord(value) ? value['kind'] : undefined;
  if (typeof kind === 'string' && Object.hasOwn(CHECKS, kind)) return CHECKS[kind as CandidateKind](value, features);
  if (isOwnKind(kind)) return checkOwnEstimator(kind, value, features);
  return refuse(
    'estimator.kind',
    kind === undefined ? 'missing' : 'unknown',
    `one of ${Object.keys(CHECKS).join(', ')}`,
  );
}

interface Linear {
  intercept: number;
  coefficients: number[];
}

function checkLinear(item: Record<keyof Linear, unknown>, features: ModelFeature[]): Linear {
  const intercept = checkNumber(item.intercept, 'estimator.intercept');
  const coefficients = checkAll(item.coefficients, 'estimator.coefficients', features.length);
  refuseUnlessFinite(reachOfLinear({ intercept, coefficients }, features));
  return { intercept, coefficients };
}

function checkLayer(value: unknown, path: string, inputs: number, mostUnits: number): Layer {
  const item = checkRecord(value, path, ['weights', 'biases']);
  const rows = checkList(item.weights, `${path}.weights`, 1, mostUnits);
  return {
    weights: rows.map((row, u) => checkAll(row, `${path}.weights[${u}]`, inputs)),
    biases: checkAll(item.biases, `${path}.biases`, rows.length),
  };
}

function checkTrees(value: unknown, features: ModelFeature[], limits?: Limits): Tree[] {
  const trees = checkList(value, 'estimator.trees', 1, MAX_TREES);
  return trees.map((tree, t) => checkTree(tree, `estimator.trees[${t}]`, features.length, limits));
}

const checkAll = (value: unknown, path: string, length: number): number[] =>
  checkNumbers(value, path, { length, min: -Infinity, max: Infinity, whole: false });

/** Sums must stay finite for every value in range, or infinities could cancel to no number at all. */
function refuseUnlessFinite(bound: number): void {
  if (!Number.isFinite(bound))
    refuse('estimator', 'unbounded over the ranges of its features', 'a finite linear predictor');
}

/** Greatest size of a standardised value. */
const reachOf = ({ range, imputation, mean, scale }: ModelFeature): number =>
  Math.max(...[range[0], range[1], imputation ?? mean].map((x) => Math.abs((x - mean) / scale)));

const reachOfLinear = ({ intercept, coefficients }: Linear, features: ModelFeature[]): number =>
  features.reduce((sum, feature, j) => sum + Math.abs(coefficients[j]!) * reachOf(feature), Math.abs(intercept));

function reachOfLayers(layers: Layer[], features: ModelFeature[]): number {
  let reach = features.map(reachOf);
  for (const { weights, biases } of layers)
    reach = weights.map((row, u) =>
      row.reduce((sum, weight, j) => sum + Math.abs(weight) * reach[j]!, Math.abs(biases[u]!)),
    );
  return Math.max(...reach);
}
