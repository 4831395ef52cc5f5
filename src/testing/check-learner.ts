import { isDeepStrictEqual } from 'node:util';
import type { Json, ModelFeature, Predictor } from '../contracts/learner.js';
import { type Learner, requireComplete } from '../learner.js';
import { customLearner } from '../ml/learners/custom/fit.js';
import type { OptionsSchema } from '../ml/learners/learner.js';
import { createRandom } from '../ml/random.js';
import { outerValues } from '../model/features.js';

/** Rows of the made-up table: enough for a learner to find that its first two features tell the classes apart. */
const ROWS = 80;

const SEED = 7;

const FEATURES = ['a', 'b', 'c'];

/** What no predictor may take for its parameters. */
const FOREIGN: Json[] = [null, {}, [], 7, 'parameters', [[]], { other: [1, 2, 3] }];

/**
 * Checks a learner as the product will use it, on a small made-up table: that it is whole, that the same data, options and
 * seed give the same model and leave what they were given as it was, that the model is plain JSON which its own predictor
 * reads, that scores are probabilities and repeat, and that parameters of another learner or other features are refused.
 * @param options as a definition may have them; left out, the defaults
 * @throws Error naming the learner, what is wrong and what to do
 */
export function checkLearner<S extends OptionsSchema>(
  learner: Learner<S>,
  options: Record<string, unknown> = {},
): void {
  const { predictor } = learner;
  const { kind } = predictor;
  const fail = (what: string, cause?: unknown) => new Error(`The learner ${kind} ${what}.`, { cause });
  const entry = customLearner(learner, requireComplete(learner));
  const { features, columns, labels } = madeUpTable();

  const complete = entry.options.safeParse(options);
  if (!complete.success) throw fail('does not take these options: give what a definition may hold', complete.error);
  const fit = () => {
    const given = { columns: columns.map((column) => column.slice()), labels: labels.slice() };
    const parameters = learner.fit(
      { columns: given.columns, features },
      given.labels,
      complete.data as never, // by the schema of this very learner
      createRandom(SEED),
      ignore,
    );
    if (!isDeepStrictEqual(given, { columns, labels }))
      throw fail('changes the rows that it learns from: copy what fit has to change');
    return parameters;
  };
  const parameters = fit();
  const text = JSON.stringify(parameters) as string | undefined; // of undefined
  if (text === undefined || !isDeepStrictEqual(JSON.parse(text), withoutSignedZeros(parameters)))
    throw fail('gives parameters that are no finite, plain JSON: give numbers, texts, arrays and objects');
  if (JSON.stringify(fit()) !== text)
    throw fail(
      'gives another model for the same data, options and seed: use no clock, and random numbers of fit alone',
    );

  const scored = () => {
    const estimator = entry.scoring.check({ kind, parameters: JSON.parse(text) as Json }, features);
    return scoresOf(entry.scoring.row(features, estimator), columns, features);
  };
  if (!isDeepStrictEqual(scored(), scored()))
    throw fail('gives another score for the same model and row: keep nothing between calls of predict');

  for (const foreign of FOREIGN)
    if (!isDeepStrictEqual(foreign, parameters) && reads(predictor, foreign, features))
      throw fail(`reads ${JSON.stringify(foreign)} as parameters: have parse look at every part, and throw`);
  for (const others of [features.slice(1), [...features, { ...features[0]!, name: 'd' }]])
    if (reads(predictor, JSON.parse(text) as Json, others))
      throw fail('reads parameters of other features: have parse compare their number, and throw');
}

const ignore = (): void => undefined;

/** Plain data with 0 for -0: JSON does not keep the sign, and a model is scored from JSON. */
function withoutSignedZeros(value: unknown): unknown {
  if (value === 0) return 0;
  if (Array.isArray(value)) return value.map(withoutSignedZeros);
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, withoutSignedZeros(entry)]));
}

function reads(predictor: Predictor, parameters: Json, features: ModelFeature[]): boolean {
  try {
    predictor.parse(parameters, features);
    return true;
  } catch {
    return false;
  }
}

/** Scores of the rows, and of the ends of the features' ranges. @throws PipelineFailure for one that is no probability */
function scoresOf(
  score: (x: ArrayLike<number>, offset: number) => number,
  columns: Float64Array[],
  features: ModelFeature[],
): number[] {
  const rows = Array.from({ length: ROWS }, (_, row) => columns.map((column) => column[row]!));
  const outer = features.map(outerValues);
  const ends = [outer.map(({ least }) => least), outer.map(({ greatest }) => greatest)];
  return [...rows, ...ends].map((row) => score(Float64Array.from(row), 0));
}

/** Two classes, of which the second has greater values of the first two features. */
function madeUpTable(): { features: ModelFeature[]; columns: Float64Array[]; labels: Uint8Array } {
  const random = createRandom(SEED);
  const labels = Uint8Array.from({ length: ROWS }, (_, row) => (row % 3 === 0 ? 1 : 0));
  const columns = FEATURES.map((_, j) => Float64Array.from(labels, (label) => random.float() + (j < 2 ? label : 0)));
  const features = FEATURES.map((name, j): ModelFeature => {
    const values = columns[j]!;
    const mean = values.reduce((sum, value) => sum + value, 0) / ROWS;
    const scale = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / ROWS);
    return { name, unit: '', range: [-1, 3], imputation: null, mean, scale };
  });
  return { features, columns, labels };
}
