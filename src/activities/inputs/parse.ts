import { z } from 'zod';
import type { ArtifactRef } from '../../contracts/values.js';
import { PipelineFailure } from '../../contracts/failures.js';
import { MOST_ADDRESS } from '../../definition/table-schema.js';
import { describeIssue } from '../../definition/issues.js';
import { modelName } from '../../definition/keys.js';
import { completeDefinition } from '../../definition/schema.js';

/** Keys that are shown as they are; others may be cell values, or worse. */
const PLAIN_KEY = /^[A-Za-z][\w-]{0,63}$/;

/**
 * Checks a value that came from Temporal, which may have come from anybody. It must be exactly what the schema makes of
 * it: defaults are filled in before a run is started, so a value that lacks one was not made by this program.
 *
 * @param place what the value is, the beginning of a sentence
 * @throws PipelineFailure `InputInvalid` with the path and the reason, never with a value
 */
export function parseInput<T>(schema: z.ZodType<T>, value: unknown, place: string): T {
  let problem: string | null;
  try {
    const parsed = schema.safeParse(value, { reportInput: true });
    if (parsed.success) {
      const path = firstDifference(value, parsed.data);
      if (path === null) return parsed.data;
      problem = `lacks the default of "${shown(path).join('.')}", or has another value there than it means`;
    } else {
      problem = describe(parsed.error.issues[0]!);
    }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    problem = 'is nested too deeply';
  }
  throw new PipelineFailure(
    'InputInvalid',
    `${place} ${problem}; start it with this version's commands or client, which check what they send.`,
  );
}

/** Path to the first place where two plain values differ, `null` when they are equal. */
function firstDifference(a: unknown, b: unknown): PropertyKey[] | null {
  if (Object.is(a, b) || (a === 0 && b === 0)) return null;
  if (!isContainer(a) || !isContainer(b) || Array.isArray(a) !== Array.isArray(b)) return [];
  for (const key of new Set([...Object.keys(a), ...Object.keys(b)])) {
    const inner = Object.hasOwn(a, key) === Object.hasOwn(b, key) ? firstDifference(a[key], b[key]) : [];
    if (inner !== null) return [key, ...inner];
  }
  return null;
}

const isContainer = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

const shown = (path: PropertyKey[]): PropertyKey[] =>
  path.map((key) => (typeof key === 'number' || PLAIN_KEY.test(String(key)) ? key : '(a key)'));

/** What is wrong, without keys that somebody made up. */
function describe(issue: z.core.$ZodIssue): string {
  const path = shown(issue.path);
  return issue.code === 'unrecognized_keys'
    ? `has the unknown key "${[...path, ...shown(issue.keys.slice(0, 1))].join('.')}"`
    : describeIssue({ ...issue, path }, {});
}

/** A type with every optional part there, so that a schema that leaves one out differs. */
type Whole<T> = T extends (infer U)[] ? Whole<U>[] : T extends object ? { [K in keyof T]-?: Whole<T[K]> } : T;

type Same<A, B> = Whole<A> extends Whole<B> ? (Whole<B> extends Whole<A> ? true : false) : false;

/** Entries whose schema takes less or more than the type of what it checks. */
type Differing<Inputs, Schemas extends { [K in keyof Inputs]: z.ZodType }> = {
  [K in keyof Inputs as Same<Inputs[K], z.output<Schemas[K]>> extends true ? never : K]: 'must take what its type says';
};

/** A schema for each input, which must take exactly what the type of the input says: the compiler refuses others. */
export const schemasFor =
  <Inputs>() =>
  <S extends { [K in keyof Inputs]: z.ZodType<Inputs[K]> }>(schemas: S & Differing<Inputs, S>): S =>
    schemas;

/** What an activity is given, and the stage that it works for: one of a training run's, or what comes after it. */
export interface ActivityInput {
  stage: string;
  input: z.ZodType;
}

/** Stage and schema of each of some activities. The schema must take exactly what the activity does: the compiler refuses others. */
export const inputsOf =
  <A extends { [K in keyof A]: (input: never) => unknown }>() =>
  <S extends { [K in keyof A]: z.ZodType<Parameters<A[K]>[0]> }>(
    inputs: { [K in keyof S]: { stage: string; input: S[K] } } & {
      [K in keyof Differing<{ [K in keyof A]: Parameters<A[K]>[0] }, S>]: 'must take what the activity takes';
    },
  ): { [K in keyof S]: { stage: string; input: S[K] } } =>
    inputs;

/** Lower-case hexadecimal SHA-256. */
export const sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'must be a SHA-256 of 64 hexadecimal digits');

/** An address or a path. */
export const uri = z.string().max(MOST_ADDRESS);

export const artifact: z.ZodType<ArtifactRef> = z.strictObject({ uri, sha256, bytes: z.number().int().min(0) });

/** A number of rows or of other things. */
export const tally = z.number().int().min(0);

/** Number of a registered version. */
export const version = z.number().int().min(1);

/** ISO 8601 in UTC, as `Date.toISOString` writes it. */
export const time = z.iso.datetime();

/** Number of a version of the function. */
export const functionVersion = z.string().regex(/^(\$LATEST|\d{1,20})$/, 'must be the number of a function version');

/** Workflow ids, run ids, and both with a slash between them. */
export const runName = z.string().min(1).max(1000);

/** Prose: warnings, reasons, what was found. */
export const text = z.string();

/** Who did or asked something: a person, a workflow id, the definition. */
export const actor = z.string().min(1).max(1000);

export const model = modelName;

/** Id of the store that a run is of. */
export const store = z.uuid();

/** A definition with its candidates. */
export const definition = completeDefinition.refine(({ candidates }) => candidates.length > 0, {
  path: ['candidates'],
  message: 'must have a candidate',
});

/** A definition, with or without its candidates. */
export const definitionAlone = completeDefinition;
