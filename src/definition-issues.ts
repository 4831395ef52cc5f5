import { closest } from 'fastest-levenshtein';
import { z } from 'zod';
import { CANDIDATE_KINDS, THRESHOLD_RULES } from './contracts/definition.js';
import { isOwnKind } from './contracts/learner.js';
import { definitionSchema } from './definition-schema.js';
import { registeredLearners } from './learner.js';

/** One problem of a definition as the rest of a sentence that begins with the file's name. */
export function describeIssue(issue: z.core.$ZodIssue, raw: unknown): string {
  const key = pathOf(issue.path);
  switch (issue.code) {
    case 'unrecognized_keys': {
      const unknown = issue.keys[0] ?? '';
      return `has the unknown key "${pathOf([...issue.path, unknown])}"${nearest(unknown, issue.path, raw)}`;
    }
    case 'invalid_type':
      return issue.input === undefined
        ? `lacks the key "${key}" (${issue.expected})`
        : `has ${kindOf(issue.input)} at "${key}" where ${article(issue.expected)} belongs`;
    case 'too_small':
      return issue.origin === 'array'
        ? `has an empty list at "${key}": give at least ${String(issue.minimum)}`
        : `has a value at "${key}" below the limit of ${String(issue.minimum)}`;
    case 'too_big':
      return `has a value at "${key}" above the limit of ${String(issue.maximum)}`;
    case 'invalid_value':
      return `has an unknown value at "${key}": choose from ${issue.values.map(String).join(', ')}`;
    case 'invalid_union': {
      const inner = fittingBranch(issue);
      if (inner !== undefined) return describeIssue({ ...inner, path: [...issue.path, ...inner.path] }, raw);
      const discriminator = issue.discriminator ?? String(issue.path.at(-1));
      const known = discriminatorsNow()[discriminator];
      return known === undefined
        ? `has a value at "${key}" that does not fit: ${issue.message}`
        : `has an unknown ${discriminator} at "${key}": choose from ${known.join(', ')}${ownRemedy(issue.input)}`;
    }
    default:
      return `has a value at "${key}" that does not fit: it ${issue.message}`;
  }
}

/** For the kind of a learner of one's own: its module was not loaded, or it is spelt otherwise there. */
const ownRemedy = (input: unknown): string =>
  typeof input === 'object' && input !== null && 'kind' in input && isOwnKind(input.kind)
    ? '; other learners are known when MLOPS_LEARNERS names their modules'
    : '';

/** What is wrong in the branch of a union that takes values of this type, the first such one. */
const fittingBranch = (issue: z.core.$ZodIssueInvalidUnion): z.core.$ZodIssue | undefined =>
  issue.errors
    .map(([first]) => first)
    .find((first) => first && !(first.code === 'invalid_type' && first.path.length === 0));

/** What tells the branches of a union apart, and its values. */
const discriminatorsNow = (): Partial<Record<string, readonly string[]>> => ({
  kind: [...CANDIDATE_KINDS, ...registeredLearners().map(({ predictor }) => predictor.kind)],
  rule: THRESHOLD_RULES,
  method: ['grid', 'random'],
});

function pathOf(path: PropertyKey[]): string {
  return path
    .map((part, i) => (typeof part === 'number' ? `[${part}]` : `${i > 0 ? '.' : ''}${String(part)}`))
    .join('');
}

const kindOf = (value: unknown) => (value === null ? 'null' : Array.isArray(value) ? 'a list' : article(typeof value));

/** What zod calls otherwise than people do. */
const NOUNS: Partial<Record<string, string>> = { array: 'a list', tuple: 'a pair', int: 'a whole number' };

const article = (noun: string) => NOUNS[noun] ?? `${/^[aeiou]/.test(noun) ? 'an' : 'a'} ${noun}`;

function nearest(unknown: string, path: PropertyKey[], raw: unknown): string {
  const known = knownKeys(path, raw);
  if (known.length === 0) return '';
  const part = known.find((key) => key.toLowerCase().includes(unknown.toLowerCase()));
  return `: did you mean "${part ?? closest(unknown, known)}"? Known are ${known.join(', ')}`;
}

/** Walks the JSON Schema of the definition to the object that the path names. */
function knownKeys(path: PropertyKey[], raw: unknown): string[] {
  let schema = z.toJSONSchema(definitionSchema(), { io: 'input', unrepresentable: 'any' }) as Schema;
  let value = raw as Record<PropertyKey, unknown>;
  for (const part of path) {
    value = value[part] as Record<PropertyKey, unknown>;
    schema = (typeof part === 'number' ? schema.items : schema.properties?.[String(part)]) ?? {};
    const branches = schema.oneOf ?? schema.anyOf;
    if (branches) schema = branches.find((branch) => isBranchOf(branch, value)) ?? {};
  }
  return schema.propertyNames?.enum ?? Object.keys(schema.properties ?? {});
}

const isBranchOf = ({ properties }: Schema, value: Record<PropertyKey, unknown>): boolean =>
  Object.keys(discriminatorsNow()).some((key) => value[key] !== undefined && properties?.[key]?.const === value[key]);

interface Schema {
  properties?: Record<string, Schema>;
  items?: Schema;
  propertyNames?: { enum?: string[] };
  oneOf?: Schema[];
  anyOf?: Schema[];
  const?: unknown;
}
