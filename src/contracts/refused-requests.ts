/** What was wrong with a refused request; `feature` is `null` where none of the model's own can be named. */
export interface RequestFault {
  /** `unknown-field`, `missing-field`, `missing-value`, `not-a-number`, `out-of-range`, `wrong-shape`, or the type of the refusal, like `InvalidJson`. */
  reason: string;
  feature: string | null;
}

/** Requests of a window that the endpoint refused; nothing of them was scored. */
export interface RefusedRequests {
  /** Answered or refused. */
  requests: number;
  refused: number;
  /** Refused requests with this fault, most frequent first; a request may have several. */
  faults: (RequestFault & { requests: number })[];
}

/** Faults named before the rest is counted. */
const NAMED_FAULTS = 3;

const FAULTS: Record<string, string> = {
  'unknown-field': 'an unknown field',
  'missing-field': 'missing',
  'missing-value': 'null',
  'not-a-number': 'not a number',
  'out-of-range': 'out of range',
  'wrong-shape': 'a row of another shape',
  InvalidJson: 'no JSON',
  InvalidInput: 'a body of another shape',
  TooLarge: 'too large',
};

/** A fault in words: `hb out of range`. */
export function describeFault({ reason, feature }: RefusedRequests['faults'][number]): string {
  const fault = FAULTS[reason] ?? reason;
  return feature === null ? fault : `${feature} ${fault}`;
}

/** How many requests were refused and why, in a sentence; `''` for none. */
export function describeRefusals({ requests, refused, faults }: RefusedRequests): string {
  if (refused === 0) return '';
  const named = faults.slice(0, NAMED_FAULTS).map((fault) => `${describeFault(fault)} in ${fault.requests}`);
  const more = faults.length > named.length ? ` and ${faults.length - named.length} more` : '';
  return `${refused} of ${requests} request${requests === 1 ? ' was' : 's were'} refused: ${named.join(', ')}${more}.`;
}
