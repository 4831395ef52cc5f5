import { PipelineFailure } from '../../contracts/failures.js';

/** Most rows that a count may claim: enough for any table, and exact in all arithmetic here. */
export const MAX_ROWS = 1e12;

/** Refuses a reference profile: the place, the kind of thing found there and what is allowed, in one sentence. */
export function refuse(path: string, found: string, expected: string): never {
  throw new PipelineFailure(
    'ArtifactCorrupt',
    `Reference profile: ${path} is ${found}, expected ${expected}; train the model again to make a new one.`,
  );
}

/** What kind of thing a value is, in words and without the value. */
function kindOf(value: unknown): string {
  if (value === undefined) return 'missing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === 'number') return Number.isFinite(value) ? 'a number outside' : 'a number that is not finite';
  if (typeof value === 'string') return `text of ${value.length} characters`;
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

/** An object with these keys at least. */
export function checkRecord<K extends string>(value: unknown, path: string, keys: readonly K[]): Record<K, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) refuse(path, kindOf(value), 'an object');
  const missing = keys.find((key) => !Object.hasOwn(value, key));
  if (missing !== undefined) refuse(`${path}.${missing}`, 'missing', 'a value');
  return value as Record<K, unknown>;
}

/** A finite number within inclusive limits. */
export function checkNumber(value: unknown, path: string, min = -Infinity, max = Infinity): number {
  if (typeof value === 'number' && Number.isFinite(value) && value >= min && value <= max) return value;
  const limits = [min > -Infinity ? ` from ${min}` : '', max < Infinity ? ` to ${max}` : ''].join('');
  return refuse(path, kindOf(value), `a finite number${limits}`);
}

/** A whole number of rows. */
export function checkCount(value: unknown, path: string, min = 0): number {
  if (!Number.isSafeInteger(value)) refuse(path, kindOf(value), `a whole number from ${min}`);
  return checkNumber(value, path, min, MAX_ROWS);
}

/** Text that is not empty, of a bounded length. */
export function checkText(value: unknown, path: string, longest: number): string {
  if (typeof value === 'string' && value.length > 0 && value.length <= longest) return value;
  return refuse(path, kindOf(value), `text of 1 to ${longest} characters`);
}

/** A list with a bounded number of items. */
export function checkList(value: unknown, path: string, min: number, max: number): unknown[] {
  if (Array.isArray(value) && value.length >= min && value.length <= max) return value;
  return refuse(path, kindOf(value), min === max ? `a list of ${min}` : `a list of ${min} to ${max}`);
}
