import { z } from 'zod';
import { type CandidateDefinition, type Definition, ENCODINGS, MODEL_NAME } from '../contracts/definition.js';
import {
  FEATURE_NAME,
  FEATURE_NAME_WORDS,
  MAX_FEATURES,
  MAX_MAGNITUDE,
  RESERVED_NAMES,
  UNIT,
  UNIT_WORDS,
} from '../contracts/model-limits.js';
import { LOWER_IS_BETTER, METRIC_NAMES } from '../contracts/metrics.js';
import { candidateSchema, completeCandidate, oversizedNetwork, withTrials } from './candidate-schema.js';
import { plain } from '../data/headers.js';
import { addressFault, holdsCredentials } from './dataset-address.js';
import { registeredLearners } from '../learner.js';
import { approval, completeDeployment, deployment } from './deployment-schema.js';
import { card, monitoring } from './monitoring-schema.js';
import { cellText, header, target } from './target-schema.js';

const share = z.number().gt(0).lt(1);
const count = z.number().int().min(1);
const metric = z.enum(METRIC_NAMES);
const growing = metric.exclude([...LOWER_IS_BETTER] as ('brier' | 'logLoss')[]);

const limit = z.number().min(-MAX_MAGNITUDE).max(MAX_MAGNITUDE);

const column = z
  .strictObject({
    source: header,
    name: z.string().regex(FEATURE_NAME, `must be ${FEATURE_NAME_WORDS}`),
    unit: z.string().regex(UNIT, `must be ${UNIT_WORDS}`).default(''),
    range: z.tuple([limit, limit]).refine(([low, high]) => low < high, 'must be [low, high], low first'),
    impute: z.enum(['none', 'mean', 'median']).default('none'),
  })
  .refine(({ name }) => !RESERVED_NAMES.has(name), {
    path: ['name'],
    message: `must not be one of the words that mean something else to a request, a data set or a drift check: ${[...RESERVED_NAMES].join(', ')}`,
  });

const dialect = z
  .strictObject({
    separator: z.enum(['auto', ',', ';', '\t', '|']).default('auto'),
    decimal: z.enum(['auto', '.', ',']).default('auto'),
    encoding: z.enum(['auto', ...ENCODINGS]).default('auto'),
  })
  .prefault({});

const distinct = (values: string[]) => new Set(values).size === values.length;

/** Refuses the first of the columns that has something in common with one before. */
const refuseRepeated =
  (key: 'name' | 'source', valueOf: (column: { name: string; source: string }) => string) =>
  (columns: { name: string; source: string }[], context: { issues: z.core.$ZodRawIssue[] }): void => {
    const values = columns.map(valueOf);
    const index = values.findIndex((value, at) => values.indexOf(value) < at);
    if (index < 0) return;
    const message = `must be another ${key} than that of columns[${values.indexOf(values[index]!)}]`;
    context.issues.push({ code: 'custom', input: columns, path: [index, key], message });
  };

const search = z
  .strictObject({
    maxTrials: count.max(500).default(60),
    maxMinutes: z.number().positive().max(1440).default(30),
    innerFolds: z.number().int().min(2).max(20).default(5),
    repeats: count.max(20).default(2),
  })
  .prefault({});

const cost = z.number().positive().max(1e6);

const threshold = z
  .discriminatedUnion('rule', [
    z.strictObject({ rule: z.literal('fixed'), value: share.default(0.5) }),
    z.strictObject({ rule: z.literal('recall'), atLeast: z.number().gt(0).max(1) }),
    z.strictObject({ rule: z.literal('cost'), falsePositive: cost.default(1), falseNegative: cost }),
    z.strictObject({ rule: z.literal('youden') }),
  ])
  .prefault({ rule: 'fixed' });

/** What a model may be called. */
export const modelName = z
  .string()
  .regex(MODEL_NAME, 'must be 1 to 63 lower-case letters, digits and hyphens, a letter first');

/** Every key but those that are written otherwise in a file than runs are told them. */
const common = {
  model: modelName,
  dataset: z.strictObject({
    uri: z.string().trim().min(1),
    maxRejectedShare: z.number().min(0).max(1).default(0.05),
    missing: z
      .array(z.union([cellText, z.number()]).transform(String))
      .max(100)
      .default([]),
    dialect,
  }),
  columns: z
    .array(column)
    .min(1)
    .max(MAX_FEATURES)
    .superRefine(refuseRepeated('name', ({ name }) => name))
    .superRefine(refuseRepeated('source', ({ source }) => plain(source))),
  target,
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
  search,
  calibration: z.enum(['none', 'platt', 'isotonic']).default('none'),
  threshold,
  selection: z.strictObject({ metric: metric.default('rocAuc') }).prefault({}),
  gate: z
    .strictObject({
      minimum: z.partialRecord(growing, z.number().min(0).max(1)).default({}),
      aboveChance: z.boolean().default(true),
      championMargin: z.number().min(-1).max(1).default(0),
      championRule: z.enum(['not-worse', 'better']).default('not-worse'),
      championConfidence: z.number().min(0.5).max(0.999).default(0.9),
      minimumRowsPerClass: count.default(10),
    })
    .prefault({}),
  approval,
  monitoring,
  card,
};

/** Refuses a feature that is the target itself: its model would know every answer, and be of no use. */
function refuseLeak(
  { columns, target }: { columns: { source: string }[]; target: { source: string } },
  context: { issues: z.core.$ZodRawIssue[] },
): void {
  const index = columns.findIndex(({ source }) => plain(source) === plain(target.source));
  if (index < 0) return;
  const message = 'must be another column than target.source, because a model that is told the answer learns nothing';
  context.issues.push({ code: 'custom', input: columns, path: ['columns', index, 'source'], message });
}

const candidatesOf = <T extends { name: string }>(candidate: z.ZodType<T>) =>
  z
    .array(candidate)
    .max(20)
    .refine((all) => distinct(all.map(({ name }) => name)), 'must have distinct names: give one of a kind a name');

/** The definition file: every default of the pipeline stands here, once. `$schema` is for editors, and is not kept. */
const schemaOf = (candidate: ReturnType<typeof candidateSchema>) =>
  z
    .strictObject({ $schema: z.string().optional(), ...common, candidates: candidatesOf(candidate).min(1), deployment })
    .superRefine(refuseLeak)
    .transform(({ $schema: _, deployment, ...rest }, context) => {
      const candidates = withTrials(rest.candidates, rest.split.seed, rest.search.maxTrials);
      if (!Array.isArray(candidates)) {
        context.issues.push({ code: 'custom', input: rest, ...candidates });
        return z.NEVER;
      }
      const oversized = oversizedNetwork(candidates, rest.columns.length);
      if (oversized !== null) {
        context.issues.push({ code: 'custom', input: rest, ...oversized });
        return z.NEVER;
      }
      return {
        ...rest,
        candidates,
        deployment: { ...deployment, functionName: deployment.functionName ?? rest.model },
      };
    });

/** The schema, and how many learners were registered when it was made. */
let made: { schema: ReturnType<typeof schemaOf>; learners: number } | undefined;

/** The schema of a definition file, with the kinds of candidates that are registered. */
export function definitionSchema(): ReturnType<typeof schemaOf> {
  const learners = registeredLearners().length;
  if (made?.learners !== learners) made = { schema: schemaOf(candidateSchema()), learners };
  return made.schema;
}

const ABSOLUTE_URI = /^[a-z][a-z0-9+.-]+:/i;

/**
 * A definition as runs are told it: what `definitionSchema` makes of a file parses to itself, and with every default
 * written out nothing else does. Its candidates are left out of the inputs of some activities.
 */
export const completeDefinition: z.ZodType<Definition> = z
  .strictObject({ ...common, candidates: candidatesOf(completeCandidate), deployment: completeDeployment })
  .superRefine(refuseLeak)
  .refine(({ dataset: { uri } }) => ABSOLUTE_URI.test(uri) && addressFault(uri) === null && !holdsCredentials(uri), {
    path: ['dataset', 'uri'],
    message: 'must be an absolute address without user name, password and token',
  })
  .refine(({ candidates, columns }) => oversizedNetwork(candidates, columns.length) === null, {
    path: ['candidates'],
    message: 'must hold no network that is too large for a model',
  })
  .refine(({ candidates, search }) => trialsOf(candidates) <= search.maxTrials, {
    path: ['search', 'maxTrials'],
    message: 'must be at least the number of trials of all candidates',
  });

const trialsOf = (candidates: CandidateDefinition[]) =>
  candidates.reduce((sum, { search }) => sum + (search?.trials.length ?? 0), 0);
