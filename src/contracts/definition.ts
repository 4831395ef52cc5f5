import type { ApprovalPolicy, DeploymentPolicy } from './deployment.js';
import { isOwnKind, type OwnKind } from './learner.js';
import type { MetricName } from './metrics.js';
import type { MonitoringPolicy } from './monitoring-policy.js';

/** What a model may be called: a folder, a function and a workflow are named after it. */
export const MODEL_NAME = /^[a-z][a-z0-9-]{0,62}$/;

/** One column of the allow-list. What is not listed never leaves ingest. */
export interface ColumnDefinition {
  /** Header in the source file, matched exactly after trimming. */
  source: string;
  /** Name of the feature from here on: `[a-z][a-z0-9_]*`. */
  name: string;
  /** Unit for people, `''` when there is none. */
  unit: string;
  /** Inclusive limits; a value outside rejects the row (training) or the request (serving). */
  range: [min: number, max: number];
  /** `none`: a missing value rejects the row. Otherwise it is filled with this statistic of the training rows. */
  impute: 'none' | 'mean' | 'median';
}

/** How a text file is written; `auto` finds out, and refuses what could be read in two ways. */
export interface Dialect {
  /** Between the fields of a CSV file. */
  separator: 'auto' | ',' | ';' | '\t' | '|';
  /** Between a number's whole and its fraction. Once it is named, the other mark may group digits in threes. */
  decimal: 'auto' | '.' | ',';
  encoding: 'auto' | Encoding;
}

/** The encodings of text that are read. */
export const ENCODINGS = ['utf-8', 'utf-16le', 'utf-16be', 'windows-1252'] as const;
export type Encoding = (typeof ENCODINGS)[number];

export interface TargetDefinition {
  source: string;
  /** Label spellings to classes; compared trimmed and case-insensitively. */
  labels: Record<string, 0 | 1>;
  /** How the classes are called in results. */
  positive: string;
  negative: string;
}

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

export const THRESHOLD_RULES = ['fixed', 'recall', 'cost', 'youden'] as const satisfies ThresholdRule['rule'][];

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

/** Bounds of all option searches of a run. */
export interface SearchPolicy {
  /** Most trials over all candidates; a definition that asks for more is refused. */
  maxTrials: number;
  /** Wall-clock time for trials and their nested estimate; what has not begun by then is left out. */
  maxMinutes: number;
  /** Folds within each training part on which options are chosen. */
  innerFolds: number;
  /** Repeats of the outer folds that the nested estimate is made on. */
  repeats: number;
}

/** How the decision threshold is chosen on out-of-fold scores. */
export type ThresholdRule =
  /** A given threshold. */
  | { rule: 'fixed'; value: number }
  /** The highest threshold whose recall is at least this. */
  | { rule: 'recall'; atLeast: number }
  /** The least total cost of mistakes. */
  | { rule: 'cost'; falsePositive: number; falseNegative: number }
  /** The greatest sum of recall and specificity (Youden 1950). */
  | { rule: 'youden' };

/** How scores are made probabilities: not at all, by Platt's scaling, by isotonic regression. */
export type CalibrationMethod = 'none' | 'platt' | 'isotonic';

/** What the model is for, and is not; shown in its reports. */
export interface ModelCard {
  intendedUse: string;
  limits: string[];
}

/** A complete, checked definition: no optional fields, every default filled in (see `src/definition/definition.ts`). */
export interface Definition {
  model: string;
  dataset: {
    /** Absolute path, `file:`, `http:`, `https:` or `s3:` URI of a CSV or Parquet file. */
    uri: string;
    /** Share of rows in [0, 1] that may be rejected before the run fails. */
    maxRejectedShare: number;
    /** What stands for a missing value besides the usual words; numbers by their value. */
    missing: string[];
    dialect: Dialect;
  };
  columns: ColumnDefinition[];
  target: TargetDefinition;
  split: { testFraction: number; seed: number };
  validation: {
    folds: number;
    repeats: number;
    /** Level of all intervals, 0.95 for 95 %. */
    confidence: number;
    /** Cross-validation uses a stratified sample of at most this many training rows. */
    maxRows: number;
  };
  candidates: CandidateDefinition[];
  search: SearchPolicy;
  calibration: CalibrationMethod;
  threshold: ThresholdRule;
  selection: { metric: MetricName };
  gate: {
    /** Smallest acceptable cross-validated value by metric. */
    minimum: Partial<Record<MetricName, number>>;
    /** The interval of the cross-validated ROC AUC must lie above 0.5, what guessing reaches. */
    aboveChance: boolean;
    /** Smallest acceptable difference to the champion in the selection metric; negative tolerates a loss. */
    championMargin: number;
    /**
     * `not-worse`: refused when the difference is below the margin with confidence. `better`: passes when it is at
     * least the margin with confidence.
     */
    championRule: 'not-worse' | 'better';
    /** Level of the interval of the difference; 0.9 leaves 5 % on either side. */
    championConfidence: number;
    /** Fewer rows of either class than this left to both models: compare cross-validated estimates instead. */
    minimumRowsPerClass: number;
  };
  approval: ApprovalPolicy;
  deployment: DeploymentPolicy;
  monitoring: MonitoringPolicy;
  card: ModelCard;
}
