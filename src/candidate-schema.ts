import { z } from 'zod';

const count = z.number().int().min(1);
const positive = z.number().positive();

const logistic = z.strictObject({
  inverseRegularization: positive.default(1),
  maxIterations: count.max(1000).default(100),
});

const cart = z.strictObject({
  maxDepth: count.max(20).default(3),
  minLeafRows: count.default(5),
  exactUpToRows: z.number().int().min(0).default(1000),
});

const forest = z.strictObject({
  trees: count.max(1000).default(50),
  maxDepth: count.max(20).default(6),
  minLeafRows: count.default(3),
  featuresPerSplit: z.number().int().min(0).default(0),
});

const boosting = z.strictObject({
  trees: count.max(1000).default(100),
  learningRate: positive.max(1).default(0.1),
  maxDepth: count.max(20).default(3),
  minLeafRows: count.default(5),
  l2Regularization: z.number().min(0).default(1),
});

const svm = z.strictObject({
  inverseRegularization: positive.default(1),
  maxIterations: count.max(1000).default(100),
  calibrationFolds: z.number().int().min(2).max(20).default(5),
});

const network = z.strictObject({
  hiddenUnits: z.array(count.max(256)).min(1).max(4).default([16]),
  l2Regularization: z.number().min(0).default(0.01),
  epochs: count.max(10_000).default(200),
  learningRate: positive.max(1).default(0.01),
  batchRows: count.default(32),
});

/** `name` defaults to the kind, options to their defaults. */
const candidateOf = <K extends string, O extends z.ZodType>(kind: K, options: O) =>
  z
    .strictObject({
      kind: z.literal(kind),
      name: z
        .string()
        .regex(/^[a-z][a-z0-9-]{0,62}$/, 'must be lower-case letters, digits and hyphens')
        .default(kind),
      options: options.prefault({} as z.input<O>),
    })
    .transform((candidate) => ({ ...candidate, search: null }));

/** A learner with its options; every default stands here, once. */
export const candidate = z.discriminatedUnion('kind', [
  candidateOf('logistic-regression', logistic),
  candidateOf('cart', cart),
  candidateOf('random-forest', forest),
  candidateOf('gradient-boosting', boosting),
  candidateOf('linear-svm', svm),
  candidateOf('neural-network', network),
]);
