import { cart } from './cart/fit.js';
import { gradientBoosting } from './gradient-boosting/fit.js';
import type { Learner } from './learner.js';
import { linearSvm } from './linear-svm/fit.js';
import { logisticRegression } from './logistic-regression/fit.js';
import { neuralNetwork } from './neural-network/fit.js';
import { randomForest } from './random-forest/fit.js';
import type { Estimator } from './scoring.js';

/** The built-in learners, a line for each. How their models are scored is in a table of its own, which is deployed. */
const BUILT_IN = {
  'logistic-regression': logisticRegression,
  cart,
  'random-forest': randomForest,
  'gradient-boosting': gradientBoosting,
  'linear-svm': linearSvm,
  'neural-network': neuralNetwork,
};

/** The built-in kinds. */
export type CandidateKind = keyof typeof BUILT_IN;

export const CANDIDATE_KINDS = Object.keys(BUILT_IN) as CandidateKind[];

/** Options of the built-in kinds, complete. */
export type CandidateOptions = { [K in CandidateKind]: Parameters<(typeof BUILT_IN)[K]['fit']>[1] };

type AnyLearner = Learner<unknown, Estimator>;

const learners = new Map<string, AnyLearner>(Object.entries(BUILT_IN));

/** Makes candidates of this kind learnable in this thread, in place of what was known of it before. */
export function addLearner(kind: string, learner: AnyLearner): void {
  learners.set(kind, learner);
}

/** `undefined` when no learner of this kind is known. */
export const learnerOf = (kind: string): AnyLearner | undefined => learners.get(kind);

/** Those that are known now, in the order in which they were added. */
export const knownLearners = (): [kind: string, learner: AnyLearner][] => [...learners];
