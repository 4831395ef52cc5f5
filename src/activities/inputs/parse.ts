import type { z } from 'zod';
import { PipelineFailure } from '../../contracts/failures.js';
import { describeIssue } from '../../definition/issues.js';

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
