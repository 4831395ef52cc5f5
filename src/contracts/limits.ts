/**
 * What a model document may hold and a request can ask for. The definition refuses by these what the document or the
 * endpoint would refuse after training.
 */

/** Largest accepted document in bytes. */
export const MAX_MODEL_BYTES = 4 * 1024 * 1024;
/** Of these, features and estimator may take so many; the rest is for calibration, metrics and provenance. */
export const MAX_LEARNED_BYTES = 3 * 1024 * 1024;
/** Largest number of features. */
export const MAX_FEATURES = 1000;
/** Largest number of trees of an estimator. */
export const MAX_TREES = 1000;
/** Largest number of nodes of one tree. */
export const MAX_NODES = 10_000;
/** Longest way from the root of a tree to a leaf, in edges. */
export const MAX_DEPTH = 64;
/** Largest number of layers of a neural network, the output included. */
export const MAX_LAYERS = 10;
/** Largest number of units of a layer. */
export const MAX_UNITS = 1000;
/** Largest number of weights and biases of a neural network: each takes up to 15 bytes of the document. */
export const MAX_WEIGHTS = 200_000;
/** Largest slope, and size of the intercept, of Platt's scaling. */
export const MAX_CALIBRATION = 1e6;
/** Largest size of a limit of a range: sums over features stay far within doubles. */
export const MAX_MAGNITUDE = 1e100;

/** What a model may be called: a folder, a function and a workflow are named after it. */
export const MODEL_NAME = /^[a-z][a-z0-9-]{0,62}$/;

/** Lower-case letters, digits and underscores, a letter first. */
export const FEATURE_NAME = /^[a-z][a-z0-9_]{0,62}$/;
/** {@link FEATURE_NAME} for messages. */
export const FEATURE_NAME_WORDS = '1 to 63 lower-case letters, digits and underscores, a letter first';

/**
 * Names that mean something else: the target, what a drift check watches beside the features, the shapes of a request (see
 * `serving/request.ts`), parts of every object.
 */
export const RESERVED_NAMES: ReadonlySet<string> = new Set([
  'label',
  'prediction',
  'score',
  'instances',
  'inputs',
  'dataframe_split',
  'dataframe_records',
  'constructor',
  'prototype',
]);

/** Text on one line: neither control characters nor halves of surrogate pairs, which have no UTF-8. */
const lineOf = (least: number, most: number) => new RegExp(`^[^\\p{Cc}\\p{Cs}\\p{Zl}\\p{Zp}]{${least},${most}}$`, 'u');

/** What a feature is measured in, for people; nothing for a number without a unit. */
export const UNIT = lineOf(0, 40);
/** {@link UNIT} for messages. */
export const UNIT_WORDS = 'at most 40 characters on one line, none of them a control character';
/** Names of classes, candidates and versions of the code. */
export const SHORT_TEXT = lineOf(1, 200);
/** {@link SHORT_TEXT} for messages. */
export const SHORT_TEXT_WORDS = '1 to 200 characters on one line, none of them a control character';

/**
 * Rows that must share a value, a quantile or a bin before it leaves the store: what fewer share may tell of a person.
 * docs/privacy.md says what leaves.
 */
export const FEWEST_SHARING = 5;
