/** What can be wrong with one value of a request. `wrong-shape`: a row is no object, or no list of the right length. */
export type FieldReason =
  'unknown-field' | 'missing-field' | 'missing-value' | 'not-a-number' | 'out-of-range' | 'wrong-shape';

/** In words. The names in capitals are of requests that are refused as a whole. */
const FAULTS = {
  'unknown-field': 'an unknown field',
  'missing-field': 'missing',
  'missing-value': 'null',
  'not-a-number': 'not a number',
  'out-of-range': 'out of range',
  'wrong-shape': 'a row of another shape',
  InvalidJson: 'no JSON',
  InvalidInput: 'a body of another shape',
  TooLarge: 'too large',
  NotFound: 'another path',
  MethodNotAllowed: 'another method',
  Internal: 'a fault of the endpoint',
} as const;

/** What was wrong with a refused request. */
export interface RequestFault {
  reason: keyof typeof FAULTS;
  /** `null` where none of the model's own can be named. */
  feature: string | null;
}

/** All of them. */
export const FAULT_REASONS = Object.keys(FAULTS) as RequestFault['reason'][]; // its keys are these

/** Whether a value from elsewhere is one of {@link FAULT_REASONS}. */
export const isFaultReason = (value: unknown): value is RequestFault['reason'] =>
  typeof value === 'string' && Object.hasOwn(FAULTS, value);

/** A fault in words: `hb out of range`. */
export const describeFault = ({ reason, feature }: RequestFault): string =>
  feature === null ? FAULTS[reason] : `${feature} ${FAULTS[reason]}`;

/** A UUID in lower-case letters: what Lambda calls a request, and what an answer and its captured lines bear. */
const PREDICTION_ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/**
 * The prediction id that a value is, in lower case: programs that keep UUIDs as a type of their own often print them in
 * capitals. `null` for anything else, which may be a name in the wrong column and is not kept anywhere.
 */
export function predictionIdOf(text: unknown): string | null {
  if (typeof text !== 'string') return null;
  const id = text.trim().toLowerCase();
  return PREDICTION_ID.test(id) ? id : null;
}
