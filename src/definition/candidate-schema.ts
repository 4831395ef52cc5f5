import { z } from 'zod';
import type {
  BuiltInCandidate,
  CandidateDefinition,
  CandidateKind,
  NeuralNetworkOptions,
  OwnCandidate,
} from '../contracts/definition.js';
import { isOwnKind, type OwnKind } from '../contracts/learner.js';
import { MAX_WEIGHTS, weightsOf } from '../contracts/model-limits.js';
import { expandSearch, trialsAsked } from './expand-search.js';
import { type OptionsSchema, registeredLearners } from '../learner.js';
import { MOST_TRIALS, searchOf, type SearchSpec } from './search-schema.js';

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

const candidateName = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,62}$/, 'must be 1 to 63 lower-case letters, digits and hyphens, a letter first');

/** `name` defaults to the kind, options to their defaults, `search` to none. */
const candidateOf = <K extends string, S extends Record<string, z.ZodDefault<z.ZodType>>>(
  kind: K,
  options: z.ZodObject<S, z.core.$strict>,
) =>
  z.strictObject({
    kind: z.literal(kind),
    name: candidateName.default(kind.replace(/^.*\//, '')),
    options: options.prefault({} as z.input<typeof options>),
    search: searchOf(options.shape).optional(),
  });

const builtIn = [
  candidateOf('logistic-regression', logistic),
  candidateOf('cart', cart),
  candidateOf('random-forest', forest),
  candidateOf('gradient-boosting', boosting),
  candidateOf('linear-svm', svm),
  candidateOf('neural-network', network),
] as const;

/** A built-in learner with its options; every default stands here, once. */
export const candidate = z.discriminatedUnion('kind', builtIn);

/** A candidate as runs are told it: its search, if any, is written out. */
const completeOf = <K extends string, S extends z.ZodObject>(kind: K, options: S) =>
  z.strictObject({
    kind: z.literal(kind),
    name: candidateName,
    options,
    search: z
      .strictObject({ method: z.enum(['grid', 'random']), trials: z.array(options).min(2).max(MOST_TRIALS) })
      .nullable(),
  });

const completeBuiltIn = [
  completeOf('logistic-regression', logistic),
  completeOf('cart', cart),
  completeOf('random-forest', forest),
  completeOf('gradient-boosting', boosting),
  completeOf('linear-svm', svm),
  completeOf('neural-network', network),
] as const;

/**
 * The options of an own kind are held to the learner's schema where this process knows the learner in that version; where
 * it does not, nothing is learned with them, but a model that was learned elsewhere is watched all the same.
 */
function completeOwn(kind: OwnKind, version: unknown) {
  const known = registeredLearners().find(({ predictor }) => predictor.kind === kind);
  const options =
    known !== undefined && known.version === version ? known.options.strict() : z.strictObject({}).catchall(z.json());
  return completeOf(kind, options).extend({ version: z.string().min(1).max(64) });
}

/** A candidate of any kind with nothing left out, as `definitionSchema` makes it. */
export const completeCandidate = z.looseObject({ kind: z.string() }).transform((candidate, context) => {
  const { kind, version } = candidate;
  const schema = isOwnKind(kind) ? completeOwn(kind, version) : z.discriminatedUnion('kind', completeBuiltIn);
  const parsed = schema.safeParse(candidate, { reportInput: true });
  if (parsed.success) return parsed.data; // the options are of its kind
  context.issues.push(...(parsed.error.issues as z.core.$ZodRawIssue[])); // found with these inputs
  return z.NEVER;
});

/** The learner of every kind that is known now. */
export const candidateSchema = (): z.ZodType<Written> =>
  z.discriminatedUnion('kind', [
    ...builtIn,
    ...registeredLearners().map(({ predictor, version, options }) =>
      candidateOf(predictor.kind, options.strict() as OptionsSchema).extend({
        version: z.literal(version).default(version),
      }),
    ),
  ]); // options of own learners are as their own schemas give them

/** A candidate as it is written down: its search, if any, is still a specification. */
type Written = { search?: SearchSpec | undefined } & (
  { [K in CandidateKind]: Omit<BuiltInCandidate<K>, 'search'> }[CandidateKind] | Omit<OwnCandidate, 'search'>
);

/** What is wrong with the searches of all candidates together: where, and the rest of a sentence that begins with "it". */
export interface SearchProblem {
  path: (string | number)[];
  message: string;
}

/** The first network that no document holds, with the options as written or those of a trial; `null` when all fit. */
export function oversizedNetwork(candidates: readonly CandidateDefinition[], features: number): SearchProblem | null {
  for (const [index, { kind, options, search }] of candidates.entries()) {
    if (kind !== 'neural-network') continue;
    const written = [options, ...(search?.trials ?? [])] as NeuralNetworkOptions[]; // options are of the kind
    const most = Math.max(...written.map(({ hiddenUnits }) => weightsOf(features, hiddenUnits)));
    if (most > MAX_WEIGHTS)
      return {
        path: ['candidates', index, 'options', 'hiddenUnits'],
        message: `makes a network of ${most} weights on ${features} features, and a model holds at most ${MAX_WEIGHTS}: name fewer units`,
      };
  }
  return null;
}

/**
 * Candidates with the trials of their searches written out, the first of which gives their options.
 * @param maxTrials over all candidates
 */
export function withTrials(
  candidates: readonly Written[],
  seed: number,
  maxTrials: number,
): CandidateDefinition[] | SearchProblem {
  const asked = candidates.reduce((sum, { search }) => sum + (search ? trialsAsked(search) : 0), 0);
  if (asked > maxTrials)
    return {
      path: ['search', 'maxTrials'],
      message: `is ${maxTrials}, but the candidates ask for ${asked} trials; raise it or try fewer options`,
    };
  const expanded: CandidateDefinition[] = [];
  for (const [index, candidate] of candidates.entries()) {
    const search = candidate.search ? expandSearch(candidate, candidate.search, seed) : null;
    const trials = search?.trials.length ?? 0;
    if (search && trials < 2)
      return {
        path: ['candidates', index, 'search', 'options'],
        message: `gives ${trials} distinct trial, where a search needs at least 2; name more values`,
      };
    const options = search?.trials[0] ?? candidate.options;
    expanded.push({ ...candidate, options, search } as CandidateDefinition); // trials are of the candidate's kind
  }
  return expanded;
}
