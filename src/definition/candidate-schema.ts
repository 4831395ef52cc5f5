import { z } from 'zod';
import type { BuiltInCandidate, CandidateDefinition, CustomCandidate } from '../contracts/definition.js';
import { CUSTOM_KIND, type CustomKind } from '../contracts/learner.js';
import { CANDIDATE_KINDS, type CandidateKind, knownLearners, learnerOf } from '../ml/learners/index.js';
import type { OptionsSchema } from '../ml/learners/learner.js';
import { expandSearch, MOST_TRIALS, searchOf, type SearchSpec, trialsAsked } from './search.js';

const candidateName = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,62}$/, 'must be 1 to 63 lower-case letters, digits and hyphens, a letter first');

/** A kind, whether its learner is known here or not. */
export const learnerKind = z.union([
  z.enum(CANDIDATE_KINDS),
  z.custom<CustomKind>((kind) => typeof kind === 'string' && CUSTOM_KIND.test(kind)),
]);

/** A candidate as it is written down: its search, if any, says what to try. */
type Written = { search?: SearchSpec | undefined } & (
  { [K in CandidateKind]: Omit<BuiltInCandidate<K>, 'search'> }[CandidateKind] | Omit<CustomCandidate, 'search'>
);

/** `name` defaults to the kind, options to their defaults, `search` to none. */
function writtenOf(kind: string, options: OptionsSchema, version: string | null) {
  const written = z.strictObject({
    kind: z.literal(kind),
    name: candidateName.default(kind.replace(/^.*\//, '')),
    options: options.prefault({}),
    search: searchOf(options.shape).optional(),
  });
  return version === null ? written : written.extend({ version: z.literal(version).default(version) });
}

/** The candidates of a definition file: one of every kind that is known now. */
export function candidateSchema(): z.ZodType<Written> {
  const [first, ...rest] = knownLearners().map(([kind, { options, version }]) => writtenOf(kind, options, version));
  return z.discriminatedUnion('kind', [first!, ...rest]) as unknown as z.ZodType<Written>; // options are of their kind
}

/** A candidate as runs are told it: its search, if any, is written out. */
function completeOf(kind: string, options: z.ZodType, version: z.ZodType | null) {
  const complete = z.strictObject({
    kind: z.literal(kind),
    name: candidateName,
    options,
    search: z
      .strictObject({ method: z.enum(['grid', 'random']), trials: z.array(options).min(2).max(MOST_TRIALS) })
      .nullable(),
  });
  return version === null ? complete : complete.extend({ version });
}

/** What runs are told of the candidates of the learners that are known here. */
const completed = new WeakMap<object, z.ZodType>();

/** Of a learner that is not known here, or in another version. */
const anyOptions = z.strictObject({}).catchall(z.json());

/**
 * Options are held to the learner's schema where this process knows the learner in that version; where it does not,
 * nothing is learned with them, but a model that was learned elsewhere is watched all the same.
 */
function completeFor(kind: string, version: unknown): z.ZodType {
  const learner = learnerOf(kind);
  if (learner === undefined || learner.version !== (version ?? null))
    return CUSTOM_KIND.test(kind) ? completeOf(kind, anyOptions, z.string().min(1).max(64)) : builtIn;
  const complete =
    completed.get(learner) ??
    completeOf(kind, learner.options, learner.version === null ? null : z.literal(learner.version));
  completed.set(learner, complete);
  return complete;
}

/** Says which kinds there are, and which keys they have. */
const builtIn = z.discriminatedUnion('kind', completeOfBuiltIn());

function completeOfBuiltIn() {
  const [first, ...rest] = CANDIDATE_KINDS.map((kind) => completeOf(kind, learnerOf(kind)!.options, null));
  return [first!, ...rest] as const;
}

/** A candidate of any kind with nothing left out, as `definitionSchema` makes it. */
export const completeCandidate = z.looseObject({ kind: z.string() }).transform((candidate, context) => {
  const parsed = completeFor(candidate.kind, candidate['version']).safeParse(candidate, { reportInput: true });
  if (parsed.success) return parsed.data as CandidateDefinition; // the options are of its kind
  context.issues.push(...(parsed.error.issues as z.core.$ZodRawIssue[])); // found with these inputs
  return z.NEVER;
});

/** What is wrong with all candidates together: where, and the rest of a sentence that begins with "it". */
export interface CandidateProblem {
  path: (string | number)[];
  message: string;
}

/** The first model that no document holds, with the options as written or those of a trial; `null` when all fit. */
export function tooLargeModel(candidates: readonly CandidateDefinition[], features: number): CandidateProblem | null {
  for (const [index, { kind, options, search }] of candidates.entries()) {
    const problem = learnerOf(kind)?.tooLarge?.([options, ...(search?.trials ?? [])], features) ?? null;
    if (problem !== null) return { path: ['candidates', index, 'options', problem.option], message: problem.message };
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
): CandidateDefinition[] | CandidateProblem {
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
