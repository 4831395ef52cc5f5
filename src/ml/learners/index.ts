import {
  type BuiltInCandidate,
  type CandidateDefinition,
  type CandidateKind,
  isOwnCandidate,
} from '../../contracts/definition.js';
import type { Estimator, ModelFeature } from '../../contracts/model.js';
import type { Warning } from '../../contracts/results.js';
import { fitBoosting } from './gradient-boosting/fit.js';
import { fitCart } from './cart/fit.js';
import { groupsAt } from '../evaluation/groups.js';
import { fitForest } from './random-forest/fit.js';
import { fitLinearSvm } from './linear-svm/fit.js';
import { fitLogistic } from './logistic-regression/fit.js';
import { fitNeuralNetwork } from './neural-network/fit.js';
import { fitOwn } from './custom/fit.js';
import { imputedColumns, labelsOf } from '../preprocess.js';
import type { Table } from '../table.js';

export interface CandidateFit {
  estimator: Estimator;
  warnings: Warning[];
}

/** Imputed raw values, compact and column-major, with what is known about them. */
interface TrainingData {
  columns: Float64Array[];
  labels: Uint8Array;
  features: ModelFeature[];
  /** The group of each row, where rows belong together. */
  groups?: Int32Array | undefined;
  seed: number;
}

type Options<K extends CandidateKind> = BuiltInCandidate<K>['options'];

const notConverged = (learner: string, { maxIterations }: { maxIterations: number }): Warning => ({
  code: 'not-converged',
  message: `${learner} did not converge within ${maxIterations} iterations; raise maxIterations or lower inverseRegularization.`,
});

/** One learner per built-in kind. Trees see imputed raw values, the other learners standardise them. */
const LEARNERS: { [K in CandidateKind]: (data: TrainingData, options: Options<K>) => CandidateFit } = {
  'logistic-regression': ({ columns, labels, features }, options) => {
    const { intercept, coefficients, converged } = fitLogistic(columns, labels, features, options);
    return {
      estimator: { kind: 'logistic-regression', intercept, coefficients },
      warnings: converged ? [] : [notConverged('logistic regression', options)],
    };
  },
  'linear-svm': ({ columns, labels, features, seed, groups }, options) => {
    const fit = fitLinearSvm(columns, labels, features, options, seed, groups);
    const { intercept, coefficients, platt, converged } = fit;
    return {
      estimator: { kind: 'linear-svm', intercept, coefficients, platt },
      warnings: converged ? [] : [notConverged('linear SVM', options)],
    };
  },
  'neural-network': ({ columns, labels, features, seed }, options) => {
    const { layers, warnings } = fitNeuralNetwork(columns, labels, features, options, seed);
    return { estimator: { kind: 'neural-network', layers }, warnings };
  },
  cart: ({ columns, labels }, options) => {
    const { tree, warnings } = fitCart(columns, labels, options);
    return { estimator: { kind: 'cart', tree }, warnings };
  },
  'random-forest': ({ columns, labels, seed }, options) => ({
    estimator: { kind: 'random-forest', trees: fitForest(columns, labels, options, seed) },
    warnings: [],
  }),
  'gradient-boosting': ({ columns, labels }, options) => ({
    estimator: { kind: 'gradient-boosting', ...fitBoosting(columns, labels, options) },
    warnings: [],
  }),
};

function learn<K extends CandidateKind>(kind: K, options: Options<K>, data: TrainingData): CandidateFit {
  return LEARNERS[kind](data, options);
}

/**
 * Fits a candidate to the chosen rows.
 * @param features how to fill and scale each column of `table`, fitted on the same rows
 * @param seed the only source of randomness (random forest, linear SVM, neural network)
 * @param progress hears from learners of one's own
 * @throws PipelineFailure `DataContract` when a value is missing and its feature has no imputation
 */
export function fitCandidate(
  candidate: CandidateDefinition,
  table: Table,
  rows: Int32Array,
  features: ModelFeature[],
  seed: number,
  progress: (message: string) => void = () => undefined,
): CandidateFit {
  const data = {
    ...{ columns: imputedColumns(table, rows, features), labels: labelsOf(table, rows), features, seed },
    groups: groupsAt(table.groups, rows),
  };
  return isOwnCandidate(candidate)
    ? { estimator: fitOwn(candidate, data, data.labels, seed, progress), warnings: [] }
    : learn(candidate.kind, candidate.options, data);
}
