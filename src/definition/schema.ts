import { z } from 'zod';
import type { Definition, CandidateDefinition } from '../contracts/definition.js';
import { plain } from '../data/headers.js';
import { knownLearners } from '../ml/learners/index.js';
import { candidateSchema, completeCandidate, tooLargeModel, withTrials } from './candidate-schema.js';
import { addressFault, hasScheme, holdsCredentials } from './table-schema.js';
import { completeDeployment, deployment, approval } from './deployment-schema.js';
import { keys } from './keys.js';

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

/** The keys that a file and a run have in common, with the rules over all columns. */
const common = {
  ...keys,
  columns: keys.columns
    .superRefine(refuseRepeated('name', ({ name }) => name))
    .superRefine(refuseRepeated('source', ({ source }) => plain(source))),
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

/** The definition file: every default of the pipeline stands in it, once. `$schema` is for editors, and is not kept. */
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
      const oversized = tooLargeModel(candidates, rest.columns.length);
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

/** The schema, and how many learners were known when it was made. */
let made: { schema: ReturnType<typeof schemaOf>; learners: number } | undefined;

/** The schema of a definition file, with the kinds of candidates that are known. */
export function definitionSchema(): ReturnType<typeof schemaOf> {
  const learners = knownLearners().length;
  if (made?.learners !== learners) made = { schema: schemaOf(candidateSchema()), learners };
  return made.schema;
}

/**
 * A definition as runs are told it: what `definitionSchema` makes of a file parses to itself, and with every default
 * written out nothing else does. Its candidates are left out of the inputs of some activities.
 */
export const completeDefinition: z.ZodType<Definition> = z
  .strictObject({ ...common, candidates: candidatesOf(completeCandidate), deployment: completeDeployment })
  .superRefine(refuseLeak)
  .refine(({ dataset: { uri } }) => hasScheme(uri) && addressFault(uri) === null && !holdsCredentials(uri), {
    path: ['dataset', 'uri'],
    message: 'must be an absolute address without user name, password and token',
  })
  .refine(({ candidates, columns }) => tooLargeModel(candidates, columns.length) === null, {
    path: ['candidates'],
    message: 'must hold no network that is too large for a model',
  })
  .refine(({ candidates, search }) => trialsOf(candidates) <= search.maxTrials, {
    path: ['search', 'maxTrials'],
    message: 'must be at least the number of trials of all candidates',
  });

const trialsOf = (candidates: CandidateDefinition[]) =>
  candidates.reduce((sum, { search }) => sum + (search?.trials.length ?? 0), 0);

const ID = 'https://anemia-mlops.invalid/schemas/definition.schema.json';

/**
 * JSON Schema (draft 2020-12) of a definition file, for editors: keys, limits and defaults. What depends on several keys at
 * once only `parseDefinition` tells.
 */
export function definitionJsonSchema(): object {
  const { $schema, ...rest } = z.toJSONSchema(definitionSchema(), {
    target: 'draft-2020-12',
    io: 'input',
    override({ zodSchema, jsonSchema }) {
      if (zodSchema === approval) withShortForm(jsonSchema);
    },
  });
  return { $schema, $id: ID, title: 'Definition of a pipeline', ...rest };
}

/** `"approval": "manual"` is short for `{"mode": "manual"}`, which its schema cannot tell of what it does before it looks. */
function withShortForm(schema: z.core.JSONSchema.BaseSchema): void {
  const { type, properties, additionalProperties, ...rest } = schema;
  Object.assign(schema, rest, {
    anyOf: [properties!.mode!, { type, properties, additionalProperties }],
    type: undefined,
    properties: undefined,
    additionalProperties: undefined,
  });
}
