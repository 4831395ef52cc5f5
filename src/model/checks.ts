import { PipelineFailure } from '../contracts/failures.js';

/** Refuses the model document: the place, the kind of thing found there and what is allowed, in one sentence. */
export function refuse(path: string, found: string, expected: string): never {
  throw new RefusedModel(`${path} is ${found}, expected ${expected}`);
}

/** A document, or a part of one, that is not accepted. */
export class RefusedModel extends PipelineFailure {
  /** @param problem what is wrong and where, without naming the file */
  constructor(readonly problem: string) {
    super('ModelInvalid', `model.json: ${problem}; register the model again from its training run.`);
  }
}

/** What kind of thing a value is, in words and without the value. */
export function kindOf(value: unknown): string {
  if (value === undefined) return 'missing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === 'number') return Number.isFinite(value) ? 'a number outside' : 'a number that is not finite';
  if (typeof value === 'string') return 'text';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

/** True for a plain object: not `null`, not a list. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** An object with exactly these keys. */
export function checkRecord<K extends string>(value: unknown, path: string, keys: readonly K[]): Record<K, unknown> {
  if (!isRecord(value)) refuse(path, kindOf(value), 'an object');
  const own = Object.keys(value);
  const missing = keys.find((key) => !Object.hasOwn(value, key));
  if (missing !== undefined) refuse(`${path}.${missing}`, 'missing', 'a value');
  if (own.length !== keys.length) refuse(path, `an object with ${own.length} keys`, `only ${keys.join(', ')}`);
  return value;
}

/** A finite number within inclusive limits. */
export function checkNumber(value: unknown, path: string, min = -Infinity, max = Infinity): number {
  if (typeof value !== 'number' || !Number.isFinite(value) || value < min || value > max) {
    const limits = min === -Infinity && max === Infinity ? '' : ` from ${min} to ${max}`;
    refuse(path, kindOf(value), `a finite number${limits}`);
  }
  return value === 0 ? 0 : value;
}

/** An integer within inclusive limits. */
export function checkInteger(value: unknown, path: string, min: number, max: number): number {
  if (!Number.isSafeInteger(value)) refuse(path, kindOf(value), `a whole number from ${min} to ${max}`);
  return checkNumber(value, path, min, max);
}

/** Text that matches a pattern described by `expected`. */
export function checkText(value: unknown, path: string, pattern: RegExp, expected: string): string {
  if (typeof value !== 'string' || !pattern.test(value)) refuse(path, kindOf(value), expected);
  return value;
}

/** A list with a bounded number of items. */
export function checkList(value: unknown, path: string, min: number, max: number): unknown[] {
  if (!Array.isArray(value) || value.length < min || value.length > max) {
    refuse(path, kindOf(value), `a list of ${min} to ${max}`);
  }
  return value as unknown[];
}

/**
 * A list of finite numbers of exactly this length; `whole` asks for integers. Checks without making texts for the good
 * case, because forests have hundreds of thousands of numbers and cold starts are short.
 */
export function checkNumbers(
  value: unknown,
  path: string,
  { length, min, max, whole }: { length: number; min: number; max: number; whole: boolean },
): number[] {
  return checkList(value, path, length, length).map((entry, i) => {
    if (typeof entry === 'number' && entry >= min && entry <= max && (!whole || Number.isInteger(entry))) {
      if (entry !== Infinity && entry !== -Infinity) return entry === 0 ? 0 : entry;
    }
    return whole ? checkInteger(entry, `${path}[${i}]`, min, max) : checkNumber(entry, `${path}[${i}]`, min, max);
  });
}
