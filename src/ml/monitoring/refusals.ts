import type { RefusalFinding } from '../../contracts/monitoring.js';
import type { RefusalPolicy } from '../../contracts/monitoring-policy.js';
import { describeRefusals, type RefusedRequests } from '../../contracts/refused-requests.js';

/** Most probable share of windows that are called bad while requests are refused as often as the policy allows. */
export const REFUSAL_LEVEL = 0.01;

/**
 * Judges how many requests of a window were refused, which is all that is seen of callers whose fields have another name,
 * type or unit. `many` when more than `maximumShare` were, and when as many by chance have a probability of at most
 * `REFUSAL_LEVEL`; `insufficient` when no share of so few requests could show that.
 */
export function judgeRefusals(counted: RefusedRequests, { maximumShare }: RefusalPolicy): RefusalFinding {
  const { requests, refused } = counted;
  const few = chance(requests, requests, maximumShare) > REFUSAL_LEVEL;
  const many = refused > maximumShare * requests && chance(refused, requests, maximumShare) <= REFUSAL_LEVEL;
  return { state: few ? 'insufficient' : many ? 'many' : 'few', requests, refused, found: describeRefusals(counted) };
}

/**
 * Upper bound of the probability that at least `refused` of `requests` are refused when each is with probability `share`:
 * exp(-n KL(refused / n, share)), exact when all are (Chernoff 1952; Arratia and Gordon 1989, Bulletin of Mathematical
 * Biology 51, 125-131).
 */
function chance(refused: number, requests: number, share: number): number {
  if (refused <= share * requests) return 1;
  const accepted = requests - refused;
  const divergence = term(refused, refused / (requests * share)) + term(accepted, accepted / (requests * (1 - share)));
  return Math.exp(-divergence);
}

const term = (weight: number, ratio: number): number => (weight === 0 ? 0 : weight * Math.log(ratio));
