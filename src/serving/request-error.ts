import type { FieldReason } from '../contracts/requests.js';

/** One thing wrong with one value. `row` counts from 0 and is left out when the request is a single row. */
export interface FieldError {
  row?: number;
  field: string;
  /** For programs. */
  reason: FieldReason;
  message: string;
}

/** HTTP status of every kind of refusal. */
export const ERROR_STATUS = {
  InvalidJson: 400,
  InvalidInput: 400,
  NotFound: 404,
  MethodNotAllowed: 405,
  TooLarge: 413,
  Internal: 500,
} as const;

type RequestErrorType = keyof typeof ERROR_STATUS;

/** A refused request. Its text holds kinds, names and limits, never a value that was sent. */
export interface RequestError {
  type: RequestErrorType;
  message: string;
  fields: FieldError[];
}

/** A value or a refusal; nothing in the request path throws. */
export type Outcome<T> = { ok: true; value: T } | { ok: false; error: RequestError };

/** A refusal as an outcome. */
export function refused(
  type: RequestErrorType,
  message: string,
  fields: FieldError[] = [],
): { ok: false; error: RequestError } {
  return { ok: false, error: { type, message, fields } };
}

/** Longest name that is compared; longer ones have no near neighbour. */
const MAX_COMPARED = 40;

/** The known name most like `name` ignoring case, or `null` when none is within a third of its length. */
export function nearestName(name: string, known: readonly string[]): string | null {
  if (name.length > MAX_COMPARED) return null;
  let best: string | null = null;
  let least = Math.floor(name.length / 3) + 1;
  for (const candidate of known) {
    if (Math.abs(candidate.length - name.length) >= least) continue;
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase());
    if (distance < least) [best, least] = [candidate, distance];
  }
  return best;
}

/** Levenshtein distance, one row of the table at a time. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
}
