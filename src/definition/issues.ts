import { closest, distance } from 'fastest-levenshtein';
import { z } from 'zod';
import { CUSTOM_KIND } from '../contracts/learner.js';
import { LOWER_IS_BETTER } from '../contracts/vocabulary.js';
import { definitionSchema } from './schema.js';

/** One problem of a definition as the rest of a sentence that begins with the file's name. */
export function describeIssue(issue: z.core.$ZodIssue, raw: unknown): string {
  const key = pathOf(issue.path);
  switch (issue.code) {
    case 'unrecognized_keys': {
      const unknown = issue.keys[0] ?? '';
      const place = pathOf([...issue.path, unknown]);
      return isLowerBetter(unknown) && key === 'gate.minimum'
        ? `has the key "${place}", but the less of ${unknown} the better, so it has no minimum: choose from ${knownKeys(issue.path, raw).join(', ')}`
        : `has the unknown key "${place}"${nearest(unknown, issue.path, raw)}`;
    }
    case 'invalid_type':
      if (issue.path.length === 0) return `is ${kindOf(issue.input)} where ${article(issue.expected)} belongs`;
      return issue.input === undefined
        ? `lacks the key "${key}" (${NOUNS[issue.expected] ?? issue.expected})`
        : `has ${kindOf(issue.input)} at "${key}" where ${article(issue.expected)} belongs`;
    case 'too_small':
      if (issue.origin === 'array') return `has ${tooShort(issue)} at "${key}": give at least ${String(issue.minimum)}`;
      if (issue.origin === 'string') return `has an empty text at "${key}": write at least one character`;
      return `has a value at "${key}" ${issue.inclusive === false ? 'that must be above' : 'below the limit of'} ${String(issue.minimum)}`;
    case 'too_big':
      if (issue.origin === 'array') return `has a list at "${key}" of more than ${String(issue.maximum)} entries`;
      if (issue.origin === 'string') return `has a text at "${key}" of more than ${String(issue.maximum)} characters`;
      return `has a value at "${key}" ${issue.inclusive === false ? 'that must be below' : 'above the limit of'} ${String(issue.maximum)}`;
    case 'invalid_key':
      return `has an empty key at "${key}": write at least one character`;
    case 'invalid_value': {
      const known = issue.values.map(shown).join(', ');
      if (issue.input === undefined) return `lacks the key "${key}": choose from ${known}`;
      return issue.values.some((value) => typeof value === typeof issue.input)
        ? `has an unknown value at "${key}": choose from ${known}`
        : `has ${kindOf(issue.input)} at "${key}" where one of ${known} belongs`;
    }
    case 'invalid_union': {
      const inner = fittingBranch(issue);
      if (inner !== undefined) return describeIssue({ ...inner, path: [...issue.path, ...inner.path] }, raw);
      if (issue.discriminator === undefined) {
        const expected = issue.errors.flatMap(([first]) => (first?.code === 'invalid_type' ? [first.expected] : []));
        return expected.length === issue.errors.length && issue.message === UNTOLD
          ? `has ${kindOf(issue.input)} at "${key}" where ${expected.map(article).join(' or ')} belongs`
          : `has a value at "${key}" that does not fit: ${issue.message}`;
      }
      const known = ('options' in issue && Array.isArray(issue.options) ? issue.options : []).map(shown).join(', ');
      return isRecord(issue.input) && issue.input[issue.discriminator] === undefined
        ? `lacks the key "${key}": choose from ${known}`
        : `has an unknown ${issue.discriminator} at "${key}": choose from ${known}${customRemedy(issue.input)}`;
    }
    default:
      return `has a value at "${key}" that does not fit: it ${issue.message}`;
  }
}

/** For what looks like the kind of a custom learner: its module was not loaded, or it is spelt otherwise there. */
const customRemedy = (input: unknown): string =>
  isRecord(input) && CUSTOM_KIND.test(String(input['kind']))
    ? '; other learners are known when MLOPS_LEARNERS names their modules'
    : '';

/** What is wrong in the branch of a union that takes values of this type, the first such one. */
const fittingBranch = (issue: z.core.$ZodIssueInvalidUnion): z.core.$ZodIssue | undefined =>
  issue.errors
    .map(([first]) => first)
    .find((first) => first && !(first.code === 'invalid_type' && first.path.length === 0));

/** The message of a union that has none of its own. */
const UNTOLD = 'Invalid input';

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

/** A value to choose, in quotes where it is no word. */
const shown = (value: unknown): string => (/^[\w./+-]+$/.test(String(value)) ? String(value) : JSON.stringify(value));

/** As `--set` takes it. */
function pathOf(path: PropertyKey[]): string {
  return path
    .map((part, i) => {
      if (typeof part === 'number') return `[${part}]`;
      const key = shortened(String(part));
      return /^[\w$-]+$/.test(key) ? `${i > 0 ? '.' : ''}${key}` : `[${JSON.stringify(key)}]`;
    })
    .join('');
}

/** Longest key that is shown whole, and compared with those that are known. */
const MAX_KEY = 100;

const shortened = (key: string): string => (key.length > MAX_KEY ? `${key.slice(0, MAX_KEY)}...` : key);

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (value === Infinity || value === -Infinity)
    return `a number beyond ${Number.MAX_VALUE.toPrecision(2)}, the largest there is,`;
  return Array.isArray(value) ? 'a list' : article(typeof value);
}

const isLowerBetter = (key: string): boolean => (LOWER_IS_BETTER as ReadonlySet<string>).has(key);

const tooShort = ({ input }: { input?: unknown }): string =>
  Array.isArray(input) && input.length > 0 ? 'too short a list' : 'an empty list';

/** What zod calls otherwise than people do. */
const NOUNS: Partial<Record<string, string>> = {
  array: 'a list',
  tuple: 'a pair',
  int: 'a whole number',
  record: 'an object',
};

const article = (noun: string) => NOUNS[noun] ?? `${/^[aeiou]/.test(noun) ? 'an' : 'a'} ${noun}`;

function nearest(unknown: string, path: PropertyKey[], raw: unknown): string {
  const known = knownKeys(path, raw);
  if (known.length === 0 || unknown.length > MAX_KEY) return '';
  const part = known.find((key) => unknown !== '' && key.toLowerCase().includes(unknown.toLowerCase()));
  const near = part ?? closest(unknown, known);
  const isLikely = part !== undefined || (unknown !== '' && distance(unknown, near) <= Math.max(2, near.length / 3));
  return isLikely ? `: did you mean "${near}"? Known are ${known.join(', ')}` : `: known are ${known.join(', ')}`;
}

/** Walks the JSON Schema of the definition to the object that the path names. */
function knownKeys(path: PropertyKey[], raw: unknown): string[] {
  let schema = z.toJSONSchema(definitionSchema(), { io: 'input', unrepresentable: 'any' }) as Schema;
  let value = raw as Record<PropertyKey, unknown>;
  for (const part of path) {
    value = value[part] as Record<PropertyKey, unknown>;
    schema = (typeof part === 'number' ? schema.items : schema.properties?.[String(part)]) ?? {};
    const branches = branchesOf(schema).filter(({ properties }) => properties !== undefined);
    schema = (branches.length > 1 ? branches.find((branch) => isBranchOf(branch, value)) : branches[0]) ?? schema;
  }
  return schema.propertyNames?.enum ?? Object.keys(schema.properties ?? {});
}

const branchesOf = ({ oneOf, anyOf }: Schema): Schema[] =>
  [...(oneOf ?? []), ...(anyOf ?? [])].flatMap((branch) => [branch, ...branchesOf(branch)]);

/** Whether a value has what tells a branch of a union from the others. */
function isBranchOf({ properties }: Schema, value: Record<PropertyKey, unknown>): boolean {
  const constants = Object.entries(properties ?? {}).filter(
    ([key, property]) => property.const !== undefined && key in value,
  );
  return constants.length > 0 && constants.every(([key, { const: known }]) => value[key] === known);
}

interface Schema {
  properties?: Record<string, Schema>;
  items?: Schema;
  propertyNames?: { enum?: string[] };
  oneOf?: Schema[];
  anyOf?: Schema[];
  const?: unknown;
}
