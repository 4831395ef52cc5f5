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

/** Requests for predictions in a window. */
export interface WindowRequests {
  /** Answered or refused; a batch is one request. */
  total: number;
  /** Nothing of them was scored. */
  refused: number;
  /** How many refused requests had this fault, most frequent first; one may have several. */
  faults: (RequestFault & { requests: number })[];
}

export interface RequestFinding extends Pick<WindowRequests, 'total' | 'refused'> {
  /** `refused`: more were than the policy allows, beyond chance. `none`: no request came. */
  state: 'none' | 'accepted' | 'refused';
  /** That the policy allows. */
  maximumShare: number;
  /** In a sentence, `''` when none was refused. */
  found: string;
}

/** All of them. */
export const FAULT_REASONS = Object.keys(FAULTS) as RequestFault['reason'][]; // its keys are these

export const isFaultReason = (value: unknown): value is RequestFault['reason'] =>
  typeof value === 'string' && Object.hasOwn(FAULTS, value);

/** A fault in words: `hb out of range`. */
export const describeFault = ({ reason, feature }: RequestFault): string =>
  feature === null ? FAULTS[reason] : `${feature} ${FAULTS[reason]}`;

/** Faults named before the rest is counted. */
const NAMED_FAULTS = 3;

/** How many requests were refused and why, in a sentence; `''` for none. */
export function describeRequests({ total, refused, faults }: WindowRequests): string {
  if (refused === 0) return '';
  const named = faults.slice(0, NAMED_FAULTS).map((fault) => `${describeFault(fault)} in ${fault.requests}`);
  const more = faults.length > named.length ? ` and ${faults.length - named.length} more` : '';
  return `${refused} of ${total} request${total === 1 ? ' was' : 's were'} refused: ${named.join(', ')}${more}.`;
}
