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

export const isFaultReason = (value: unknown): value is RequestFault['reason'] =>
  typeof value === 'string' && Object.hasOwn(FAULTS, value);

/** A fault in words: `hb out of range`. */
export const describeFault = ({ reason, feature }: RequestFault): string =>
  feature === null ? FAULTS[reason] : `${feature} ${FAULTS[reason]}`;
