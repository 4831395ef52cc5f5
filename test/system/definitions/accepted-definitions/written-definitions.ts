import fc from 'fast-check';
import { CANDIDATE_KINDS } from '../../../../src/ml/learners/index.js';
import { className, labels, mostly, name, NAME_LIMIT, source, unit } from './written-texts.js';

const size = mostly(
  fc.oneof(
    fc.constantFrom(0, 1, -1, 100, 1e-9, 1e6, 1e100, -1e100, 5e-324, 1e-310, 2 ** 53, 0.1 + 0.2, 1 + Number.EPSILON),
    fc.double({ noNaN: true, min: -1e4, max: 1e4 }),
  ),
  fc.constantFrom(1e101, -1.79e308),
);
const range = mostly(
  fc.uniqueArray(size, { minLength: 2, maxLength: 2 }).map(([a, b]) => [Math.min(a!, b!), Math.max(a!, b!)] as const),
  fc.tuple(size, size),
);

const column = fc.record(
  { name, source, unit, range, impute: fc.constantFrom('none', 'mean', 'median') },
  { requiredKeys: ['name', 'source', 'range'] },
);

const OPTIONS: Record<(typeof CANDIDATE_KINDS)[number], fc.Arbitrary<object>> = {
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
    maxDepth: mostly(fc.constantFrom(1, 3, 20), fc.constant(21)),
    minLeafRows: fc.constantFrom(1, 9),
  }),
  'gradient-boosting': fc.record({
    trees: mostly(fc.constantFrom(1, 2, 9), fc.constant(1001)),
    l2Regularization: fc.constantFrom(0, 1, 1e9),
    learningRate: fc.constantFrom(0.01, 1),
  }),
  'linear-svm': fc.record({
    inverseRegularization: fc.constantFrom(1e-9, 1, 1e6),
    calibrationFolds: fc.constantFrom(2, 20),
  }),
  'neural-network': fc.record({
    hiddenUnits: mostly(fc.constantFrom([1], [256], [3], [4, 4, 4, 4]), fc.constantFrom([257], [])),
    epochs: fc.constantFrom(1, 3),
    learningRate: fc.constantFrom(1e-6, 1),
  }),
};
const candidate = fc
  .constantFrom(...CANDIDATE_KINDS)
  .chain((kind) =>
    fc.record(
      { kind: fc.constant(kind), name: fc.constantFrom('constructor', 'x'.repeat(NAME_LIMIT)), options: OPTIONS[kind] },
      { requiredKeys: ['kind', 'options'] },
    ),
  );

export const FUNCTION_LIMIT = 64;
export const ALIAS_LIMIT = 128;
const deployment = fc.record(
  {
    functionName: mostly(
      fc.constantFrom('F', '-', '_', '1', '__proto__', 'constructor', 'n'.repeat(FUNCTION_LIMIT)),
      fc.constantFrom('', 'a b', 'a/b', 'n'.repeat(FUNCTION_LIMIT + 1)),
    ),
    alias: mostly(
      fc.constantFrom('live', '-', '__proto__', 'constructor', 'a'.repeat(ALIAS_LIMIT)),
      fc.constantFrom('', '1', '$LATEST', 'a'.repeat(ALIAS_LIMIT + 1)),
    ),
    function: fc.record(
      {
        memoryMiB: fc.constantFrom(128, 256),
        timeoutSeconds: fc.constantFrom(10, 900),
        captureInputs: fc.boolean(),
        urlAccess: fc.constantFrom('AWS_IAM', 'NONE'),
        cors: fc.constantFrom(null, { allowOrigins: ['*'] }, { allowOrigins: ['https://clinic.example'] }),
      },
      { requiredKeys: [] },
    ),
  },
  { requiredKeys: [] },
);

/** Definitions as people may write them, but for where their data is: most parts are in order, any one may be not. */
export const writtenDefinition = fc.record({
  model: mostly(
    fc.oneof(fc.constantFrom('a', 'constructor', 'x'.repeat(NAME_LIMIT)), fc.stringMatching(/^[a-z][a-z0-9-]{0,20}$/)),
    fc.constantFrom('', 'A', '__proto__', 'x'.repeat(NAME_LIMIT + 1)),
  ),
  columns: fc.uniqueArray(column, { minLength: 1, maxLength: 5, selector: ({ name }) => name }),
  target: fc.record(
    { source, labels, positive: className, negative: className },
    { requiredKeys: ['source', 'labels'] },
  ),
  missing: fc.constantFrom([], ['unknown', 'yes', 'un\nknown'], [-999.5]),
  split: fc.record({ seed: fc.constantFrom(0, 42, 2 ** 31 - 1) }),
  validation: fc.record({
    folds: fc.constantFrom(2, 3),
    repeats: fc.constant(1),
    confidence: fc.constantFrom(0.5, 0.999),
  }),
  candidates: fc.tuple(candidate),
  calibration: fc.constantFrom('none', 'platt', 'isotonic'),
  threshold: fc.constantFrom(
    { rule: 'fixed', value: 0.3 },
    { rule: 'recall', atLeast: 1 },
    { rule: 'cost', falseNegative: 1e6 },
    { rule: 'youden' },
  ),
  // What is learned of so few rows may be no better than chance, or than what served before.
  gate: fc.constant({ aboveChance: false, championMargin: -1 }),
  deployment,
});

export type WrittenDefinition = typeof writtenDefinition extends fc.Arbitrary<infer T> ? T : never;
