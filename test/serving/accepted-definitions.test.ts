import { rm } from 'node:fs/promises';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { scoreServable } from '../../src/activities/compute/tasks/servable.js';
import { crossValidateTask } from '../../src/activities/compute/tasks/cross-validate.js';
import { fitTask } from '../../src/activities/compute/tasks/fit.js';
import { CANDIDATE_KINDS, type Definition } from '../../src/contracts/definition.js';
import type { Tree } from '../../src/contracts/model.js';
import { PipelineFailure } from '../../src/contracts/failures.js';
import { RESERVED_NAMES } from '../../src/contracts/model-limits.js';
import { encodeMatrix, type Matrix } from '../../src/data/matrix.js';
import { parseDefinition } from '../../src/definition.js';
import { createRandom } from '../../src/ml/random.js';
import { createHandler } from '../../src/serving/handler.js';
import { parseModelDocument } from '../../src/serving/model-document.js';
import { classOf, scoreRow } from '../../src/serving/predict.js';
import { createFileStore } from '../../src/store/file-store.js';
import { refusal, setting } from '../support/definitions.js';
import { taskContext } from '../support/task-context.js';
import { makeDirectory } from '../support/temp.js';

const ROWS = 36;

/** Words that requests, answers, logs and objects use themselves. */
const WORDS = [...RESERVED_NAMES, 'score', 'id', 'model', 'rowid', 'probability', 'valueof', 'body', 'version', 'row'];
const name = fc.oneof(
  { weight: 1, arbitrary: fc.constantFrom(...WORDS) },
  { weight: 8, arbitrary: fc.stringMatching(/^[a-z][a-z0-9_]{0,5}$/) },
  { weight: 1, arbitrary: fc.constantFrom('__proto__', 'x'.repeat(63), 'x'.repeat(63), 'x'.repeat(64)) },
);
const text = fc.oneof(
  { weight: 12, arbitrary: fc.constantFrom('%', 'g/dL', 'µmol/l', 'anaemic', 'nicht krank 🙂') },
  fc.constantFrom(
    '',
    '%',
    'g/dL',
    'µmol/l',
    'grams of haemoglobin per decilitre of whole venous blood',
    'a\nb',
    '\ud800',
    '\u2028',
  ),
  fc.string({ unit: 'grapheme', maxLength: 20 }),
  fc.string({ unit: 'binary', maxLength: 4 }),
);
const size = fc.oneof(
  fc.constantFrom(0, 1, -1, 100, 1e-9, 1e6, 1e99, 1e101, -1.79e308),
  fc.double({ noNaN: true, min: -1e4, max: 1e4 }),
);
const range = fc.oneof(
  { weight: 1, arbitrary: fc.tuple(size, size) },
  { weight: 5, arbitrary: fc.tuple(size, size).map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const) },
);
const column = fc.record(
  { name, unit: text, range, impute: fc.constantFrom('none', 'mean', 'median') },
  { requiredKeys: ['name', 'range'] },
);
const options: Record<string, fc.Arbitrary<object>> = {
  'logistic-regression': fc.record({
    inverseRegularization: fc.constantFrom(1e-9, 1, 1e9),
    maxIterations: fc.constantFrom(1, 20),
  }),
  cart: fc.record({
    maxDepth: fc.constantFrom(1, 20),
    minLeafRows: fc.constantFrom(1, 5, 99),
    exactUpToRows: fc.constantFrom(0, 1000),
  }),
  'random-forest': fc.record({
    trees: fc.constantFrom(1, 7),
    maxDepth: fc.constantFrom(1, 3, 20, 21),
    minLeafRows: fc.constantFrom(1, 9),
  }),
  'gradient-boosting': fc.record({
    trees: fc.constantFrom(1, 2, 9, 1001),
    l2Regularization: fc.constantFrom(0, 1, 1e9),
    learningRate: fc.constantFrom(0.01, 1),
  }),
  'linear-svm': fc.record({
    inverseRegularization: fc.constantFrom(1e-9, 1, 1e6),
    calibrationFolds: fc.constantFrom(2, 20),
  }),
  'neural-network': fc.record({
    hiddenUnits: fc.constantFrom([1], [256], [3], [4, 4, 4, 4], [257], []),
    epochs: fc.constantFrom(1, 3),
    learningRate: fc.constantFrom(1e-6, 1),
  }),
};
const candidate = fc
  .constantFrom(...CANDIDATE_KINDS)
  .chain((kind) => options[kind]!.map((given) => ({ kind, options: given })));

/** Definitions as people may write them: most parts are in order, any one may be not. */
const written = fc.record({
  model: fc.constantFrom('names', 'a', 'constructor', 'x'.repeat(63)),
  dataset: fc.constant({ uri: '/data/made-up.csv' }),
  columns: fc
    .uniqueArray(column, { minLength: 1, maxLength: 3, selector: ({ name }) => name })
    .map((columns) => columns.map((each, i) => ({ ...each, source: `column ${i}` }))),
  target: fc.record(
    { source: fc.constant('y'), labels: fc.constant({ yes: 1, no: 0 }), positive: text, negative: text },
    { requiredKeys: ['source', 'labels'] },
  ),
  validation: fc.constant({ folds: 3, repeats: 1 }),
  candidates: fc.tuple(candidate),
  calibration: fc.constantFrom('none', 'platt', 'isotonic'),
  threshold: fc.constantFrom({ rule: 'fixed', value: 0.3 }, { rule: 'recall', atLeast: 1 }, { rule: 'youden' }),
});

/** The definition, or nothing when it is refused, which it must be by one plain sentence. */
function accepted(raw: object): Definition | null {
  try {
    return parseDefinition(raw, 'made-up.json');
  } catch (error) {
    expect(error).toBeInstanceOf(PipelineFailure);
    expect(error).toMatchObject({
      type: 'DefinitionInvalid',
      message: expect.stringMatching(/^made-up\.json has [^\p{Cc}]+\.$/u) as string,
    });
    return null;
  }
}

/** Rows within the ranges, some values missing where that is allowed. */
function rowsFor({ columns }: Definition, seed: number): Matrix {
  const random = createRandom(seed);
  const labels = Uint8Array.from({ length: ROWS }, (_, i) => i % 2);
  return {
    names: columns.map(({ name }) => name),
    columns: columns.map(({ range: [low, high], impute }) =>
      Float64Array.from(labels, (label) =>
        impute !== 'none' && random.below(4) === 0 ? NaN : low + (high - low) * (0.3 * label + 0.7 * random.float()),
      ),
    ),
    labels,
    roles: Uint8Array.from({ length: ROWS }, (_, i) => (i % 6 === 0 ? 1 : 0)),
  };
}

describe('a definition that is accepted', () => {
  let directory: string;
  beforeAll(async () => (directory = await makeDirectory()));
  afterAll(() => rm(directory, { recursive: true, force: true }));

  it(
    'gives a model that serves: every shape of request is answered as the predictor says',
    { timeout: 120_000 },
    async () => {
      let served = 0;
      await fc.assert(
        fc.asyncProperty(written, fc.nat(), async (raw, seed) => {
          const definition = accepted(raw);
          if (definition === null) return;
          const store = createFileStore(directory);
          const rows = rowsFor(definition, seed);
          const { columns, split, validation, calibration, threshold, target, model } = definition;
          const task = {
            ...{ columns, split, validation, calibration, threshold, target, model, codeVersion: '1.0.0' },
            ...{ candidate: definition.candidates[0]!, without: null, matrix: await store.put(encodeMatrix(rows)) },
            ...{ datasetSha256: 'a'.repeat(64), definitionSha256: 'b'.repeat(64) },
          };
          const row = await crossValidateTask(task, taskContext(store));
          const fit = await fitTask({ ...task, crossValidated: row.metrics }, taskContext(store));
          expect(fit.portable).not.toBeNull();
          const document = parseModelDocument(await store.get(fit.model));
          const meta = { name: model, version: 1, sha256: fit.model.sha256 };
          const handler = createHandler({
            ...{ document, meta, captureInputs: true, cors: null, now: () => new Date(0) },
            ...{ newId: () => '0f8c2a1e-5b7d-4c39-9e60-aa0000000003', writeLine: (line) => void JSON.parse(line) },
          });
          const values = (i: number) => rows.columns.map((column) => (Number.isNaN(column[i]!) ? null : column[i]!));
          const object = (i: number) => Object.fromEntries(rows.names.map((name, f) => [name, values(i)[f]!]));
          const some = [0, 1, 2, 3, 4];
          const scores = some.map((i) =>
            scoreRow(
              document,
              rows.columns.map((column) => column[i]!),
            ),
          );
          const predictions = scores.map((score) => classOf(document, score));
          for (const i of some)
            expect(await handler(object(i))).toMatchObject({ predictions: predictions[i], score: scores[i] });
          const shapes = [
            { instances: some.map(object) },
            { instances: some.map(values) },
            { dataframe_records: some.map(object) },
            { dataframe_split: { columns: rows.names, data: some.map(values) } },
          ];
          for (const shape of shapes) expect(await handler(shape)).toMatchObject({ predictions, scores });
          served++;
        }),
        { numRuns: 150 },
      );
      expect(served).toBeGreaterThan(10);
    },
  );
});

describe('a definition is refused for what the document or the endpoint would refuse after training', () => {
  const columns = (change: object) => [{ source: 'Age', name: 'age', range: [0, 1], ...change }];

  it.each([
    [
      'columns',
      columns({ unit: 'grams of haemoglobin per decilitre of whole venous blood' }),
      /columns\[0\]\.unit" .* at most 40 characters/,
    ],
    ['columns', columns({ unit: 'g\u0000' }), /columns\[0\]\.unit" .* control character/],
    ['columns', columns({ range: [0, 1e101] }), /columns\[0\]\.range\[1\]" above the limit/],
    ['target.positive', 'an\nemic', /target\.positive" .* on one line/],
    ['target.negative', 'x'.repeat(201), /target\.negative" .* 1 to 200 characters/],
    ...[...RESERVED_NAMES].map(
      (word) => ['columns', columns({ name: word }), /columns\[0\]\.name" .* mean something else .*instances/] as const,
    ),
  ] as const)('%s %j', (path, value, sentence) => {
    expect(setting(path, value)).toMatch(sentence);
  });

  it('a network that is too large for its features, as an option and as a trial', () => {
    const refusalOf = (candidate: object, features: number) =>
      refusal((raw: Record<string, unknown>) => {
        raw['columns'] = Array.from({ length: features }, (_, i) => ({
          source: `c${i}`,
          name: `c${i}`,
          range: [0, 1],
        }));
        raw['candidates'] = [{ kind: 'neural-network', ...candidate }];
      });
    const large = [256, 256, 256, 256];
    const sentence =
      /candidates\[0\]\.options\.hiddenUnits" .* 200449 weights on 10 features, .* at most 200000: name fewer units/;
    expect(refusalOf({ options: { hiddenUnits: large } }, 10)).toMatch(sentence);
    expect(refusalOf({ search: { method: 'grid', options: { hiddenUnits: [[1], large] } } }, 10)).toMatch(sentence);
    expect(() => refusalOf({ options: { hiddenUnits: large } }, 2)).toThrow('was accepted');
  });
});

describe('a candidate whose model would be too large', () => {
  it('is found in the first fold, and named with the remedy', () => {
    const features = [{ name: 'a', unit: '', range: [0, 1] as [number, number], imputation: null, mean: 0, scale: 1 }];
    const tree = (nodes: number) => ({
      feature: Array.from({ length: nodes }, (_, i) => (i % 2 === 0 && i < nodes - 1 ? 0 : -1)),
      threshold: new Array<number>(nodes).fill(0.123456789),
      left: Array.from({ length: nodes }, (_, i) => (i % 2 === 0 && i < nodes - 1 ? i + 1 : -1)),
      right: Array.from({ length: nodes }, (_, i) => (i % 2 === 0 && i < nodes - 1 ? i + 2 : -1)),
      value: new Array<number>(nodes).fill(0.123456789),
    });
    const score = (trees: number, nodes: number) => () =>
      scoreServable({ name: 'forest' })(
        {
          features,
          calibration: null,
          estimator: { kind: 'random-forest', trees: new Array(trees).fill(tree(nodes)) as Tree[] },
        },
        [Float64Array.of(0)],
        Int32Array.of(0),
      );
    expect(score(10, 101)()).toHaveLength(1);
    expect(score(1, 10_001)).toThrow(
      /^candidate forest learns a model that cannot be served: estimator\.trees\[0\]\.feature is a list of 10001, .* higher minLeafRows/,
    );
    expect(score(1000, 101)).toThrow(/takes \d+ bytes, expected at most 3145728/);
    expect(score(1000, 101)).toThrow(expect.objectContaining({ type: 'DataContract' }));
  });
});
