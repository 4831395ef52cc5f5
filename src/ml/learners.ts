import type { CandidateDefinition, CandidateKind } from '../contracts/definition.js';
import type { Estimator, ModelFeature } from '../contracts/model.js';
import type { Warning } from '../contracts/results.js';
import { fitCart } from './cart.js';
import { fitForest } from './forest.js';
import { fitLogistic } from './logistic.js';
import { imputedColumns, labelsOf } from './preprocess.js';
import type { Table } from './table.js';

export interface CandidateFit {
  estimator: Estimator;
  warnings: Warning[];
}

/** Imputed raw values, compact and column-major, with what is known about them. */
interface TrainingData {
  columns: Float64Array[];
  labels: Uint8Array;
  features: ModelFeature[];
  seed: number;
}

type Options<K extends CandidateKind> = Extract<CandidateDefinition, { kind: K }>['options'];

/** One learner per kind of candidate. Trees see imputed raw values, logistic regression standardises them. */
const LEARNERS: { [K in CandidateKind]: (data: TrainingData, options: Options<K>) => CandidateFit } = {
  'logistic-regression': ({ columns, labels, features }, options) => {
    const { intercept, coefficients, converged } = fitLogistic(columns, labels, features, options);
    const message = `logistic regression did not converge within ${options.maxIterations} iterations; raise maxIterations or lower inverseRegularization.`;
    return {
      estimator: { kind: 'logistic-regression', intercept, coefficients },
      warnings: converged ? [] : [{ code: 'not-converged', message }],
    };
  },
  cart: ({ columns, labels }, options) => {
    const { tree, warnings } = fitCart(columns, labels, options);
    return { estimator: { kind: 'cart', tree }, warnings };
  },
  'random-forest': ({ columns, labels, seed }, options) => ({
    estimator: { kind: 'random-forest', trees: fitForest(columns, labels, options, seed) },
    warnings: [],
  }),
};

function learn<K extends CandidateKind>(kind: K, options: Options<K>, data: TrainingData): CandidateFit {
  return LEARNERS[kind](data, options);
}

/**
 * Fits a candidate to the chosen rows.
 * @param features how to fill and scale each column of `table`, fitted on the same rows
 * @param seed the only source of randomness (random forest)
 * @throws PipelineFailure `DataContract` when a value is missing and its feature has no imputation
 */
export function fitCandidate(
  candidate: CandidateDefinition,
  table: Table,
  rows: Int32Array,
  features: ModelFeature[],
  seed: number,
): CandidateFit {
  const data = { columns: imputedColumns(table, rows, features), labels: labelsOf(table, rows), features, seed };
  return learn(candidate.kind, candidate.options, data);
}
