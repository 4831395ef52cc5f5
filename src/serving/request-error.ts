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

export type RequestErrorType = keyof typeof ERROR_STATUS;

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
