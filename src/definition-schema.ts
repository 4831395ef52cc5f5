import { z } from 'zod';
import { MODEL_NAME } from './contracts/definition.js';
import { LOWER_IS_BETTER, METRIC_NAMES } from './contracts/metrics.js';
import { approval, deployment } from './deployment-schema.js';
import { card, monitoring } from './monitoring-schema.js';

const share = z.number().gt(0).lt(1);
const count = z.number().int().min(1);
const metric = z.enum(METRIC_NAMES);
const growing = metric.exclude([...LOWER_IS_BETTER] as ('brier' | 'logLoss')[]);

const column = z
  .strictObject({
    source: z.string().trim().min(1),
    name: z.string().regex(/^[a-z][a-z0-9_]{0,62}$/, 'must be lower-case letters, digits and underscores'),
    unit: z.string().default(''),
    range: z.tuple([z.number(), z.number()]).refine(([low, high]) => low < high, 'must be [low, high], low first'),
    impute: z.enum(['none', 'mean', 'median']).default('none'),
  })
  .refine(({ name }) => name !== 'label', { path: ['name'], message: 'must not be label, the name of the target' });

const logistic = z.strictObject({
  inverseRegularization: z.number().positive().default(1),
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

/** `name` defaults to the kind, options to their defaults. */
const candidateOf = <K extends string, O extends z.ZodType>(kind: K, options: O) =>
  z.strictObject({
    kind: z.literal(kind),
    name: z
      .string()
      .regex(/^[a-z][a-z0-9-]{0,62}$/, 'must be lower-case letters, digits and hyphens')
      .default(kind),
    options: options.prefault({} as z.input<O>),
  });

const candidate = z.discriminatedUnion('kind', [
  candidateOf('logistic-regression', logistic),
  candidateOf('cart', cart),
  candidateOf('random-forest', forest),
]);

const distinct = (values: string[]) => new Set(values).size === values.length;

/** The definition file: every default of the pipeline stands here, once. */
export const definitionSchema = z
  .strictObject({
    model: z.string().regex(MODEL_NAME, 'must be lower-case letters, digits and hyphens'),
    dataset: z.strictObject({
      uri: z.string().trim().min(1),
      maxRejectedShare: z.number().min(0).max(1).default(0.05),
    }),
    columns: z
      .array(column)
      .min(1)
      .max(1000)
      .refine((columns) => distinct(columns.map(({ name }) => name)), 'must have distinct names')
      .refine((columns) => distinct(columns.map(({ source }) => source)), 'must have distinct sources'),
    target: z.strictObject({
      source: z.string().trim().min(1),
      labels: z
        .record(z.string().min(1), z.union([z.literal(0), z.literal(1)]))
        .refine((labels) => new Set(Object.values(labels)).size === 2, 'must spell both classes, 0 and 1'),
      positive: z.string().min(1).default('positive'),
      negative: z.string().min(1).default('negative'),
    }),
    split: z
      .strictObject({
        testFraction: share.default(0.2),
        seed: z
          .number()
          .int()
          .min(0)
          .max(2 ** 31 - 1)
          .default(42),
      })
      .prefault({}),
    validation: z
      .strictObject({
        folds: z.number().int().min(2).max(50).default(5),
        repeats: count.max(100).default(10),
        confidence: z.number().min(0.5).max(0.999).default(0.95),
        maxRows: z.number().int().min(100).default(20_000),
      })
      .prefault({}),
    candidates: z
      .array(candidate)
      .min(1)
      .max(20)
      .refine((all) => distinct(all.map(({ name }) => name)), 'must have distinct names: give one of a kind a name'),
    selection: z.strictObject({ metric: metric.default('rocAuc') }).prefault({}),
    gate: z
      .strictObject({
        minimum: z.partialRecord(growing, z.number().min(0).max(1)).default({}),
        championMargin: z.number().min(-1).max(1).default(0),
        minimumRowsPerClass: count.default(10),
      })
      .prefault({}),
    approval,
    deployment,
    monitoring,
    card,
  })
  .transform(({ deployment, ...rest }) => ({
    ...rest,
    deployment: { ...deployment, functionName: deployment.functionName ?? rest.model },
  }));
