import type { DefinitionKeys } from '../definition/keys.js';
import { isOwnKind, type OwnKind } from './learner.js';

export type {
  ApprovalPolicy,
  CorsPolicy,
  DeploymentPolicy,
  FunctionSettings,
  JudgePolicy,
  Strategy,
  TrafficStep,
} from '../definition/deployment-schema.js';
export type { CalibrationMethod, SearchPolicy, ThresholdRule } from '../definition/learning-schema.js';
export type {
  DriftPolicy,
  ModelCard,
  MonitoringPolicy,
  PerformancePolicy,
  RequestPolicy,
  RetrainingPolicy,
} from '../definition/monitoring-schema.js';
export type { ColumnDefinition, Dialect, Encoding, TargetDefinition } from '../definition/table-schema.js';

export interface LogisticRegressionOptions {
  /** Inverse strength of the L2 penalty on standardised features (scikit-learn's `C`). */
  inverseRegularization: number;
  maxIterations: number;
}

export interface CartOptions {
  maxDepth: number;
  minLeafRows: number;
  /** Up to this many training rows ml-cart's exact search is used, beyond it histogram splits. */
  exactUpToRows: number;
}

export interface RandomForestOptions {
  trees: number;
  maxDepth: number;
  minLeafRows: number;
  /** Features tried per split; 0 means the rounded square root of their number. */
  featuresPerSplit: number;
}

/** Newton boosting of histogram trees on the logistic loss. */
export interface GradientBoostingOptions {
  trees: number;
  /** Share of each tree's correction that is taken, in (0, 1]. */
  learningRate: number;
  maxDepth: number;
  minLeafRows: number;
  /** L2 penalty on leaf values, in the units of the sum of a leaf's Hessian. */
  l2Regularization: number;
}

export interface LinearSvmOptions {
  /** Inverse strength of the L2 penalty on standardised features (scikit-learn's `C`). */
  inverseRegularization: number;
  maxIterations: number;
  /** Folds whose out-of-fold decision values Platt's scaling is fitted on. */
  calibrationFolds: number;
}

/** Multi-layer perceptron with rectified linear units and one logistic output, on standardised features. */
export interface NeuralNetworkOptions {
  /** Units of each hidden layer, input side first. */
  hiddenUnits: number[];
  /** L2 penalty on weights, not on biases, beside the mean cross-entropy of a row: half of it times their squares. */
  l2Regularization: number;
  epochs: number;
  learningRate: number;
  /** Rows of a mini-batch; more than there are means all of them. */
  batchRows: number;
}

export interface CandidateOptions {
  'logistic-regression': LogisticRegressionOptions;
  cart: CartOptions;
  'random-forest': RandomForestOptions;
  'gradient-boosting': GradientBoostingOptions;
  'linear-svm': LinearSvmOptions;
  'neural-network': NeuralNetworkOptions;
}

/** The built-in kinds. */
export type CandidateKind = keyof CandidateOptions;

/** Every kind that a candidate may have. */
export type LearnerKind = CandidateKind | OwnKind;

export const CANDIDATE_KINDS = [
  'logistic-regression',
  'cart',
  'random-forest',
  'gradient-boosting',
  'linear-svm',
  'neural-network',
] as const satisfies CandidateKind[];

/** Options to be tried, written out when the definition is read: whoever reads a run's history sees every one. */
export interface OptionSearch<O> {
  method: 'grid' | 'random';
  /** Complete and distinct, at least two; the first is the candidate's own `options`. */
  trials: O[];
}

/** `name` is unique within a definition and defaults to the kind. */
export interface CandidateOf<K extends LearnerKind, O> {
  kind: K;
  name: string;
  options: O;
  /** `null` when the options are given. */
  search: OptionSearch<O> | null;
}

export type BuiltInCandidate<K extends CandidateKind = CandidateKind> = {
  [kind in K]: CandidateOf<kind, CandidateOptions[kind]>;
}[K];

/** A candidate of a registered learner; its name defaults to what follows the slash of its kind. */
export interface OwnCandidate extends CandidateOf<OwnKind, Record<string, unknown>> {
  /** Of the learner, when the definition was read: no other version may fit it. */
  version: string;
}

export type CandidateDefinition<K extends LearnerKind = LearnerKind> =
  BuiltInCandidate<Extract<K, CandidateKind>> | Extract<OwnCandidate, { kind: K }>;

export const isOwnCandidate = (candidate: CandidateDefinition): candidate is OwnCandidate => isOwnKind(candidate.kind);

/** A complete, checked definition: no optional fields, every default filled in (see `src/definition/definition.ts`). */
export interface Definition extends DefinitionKeys {
  candidates: CandidateDefinition[];
}
