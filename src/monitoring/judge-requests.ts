import type { RequestPolicy } from '../contracts/definition.js';
import { describeRequests, type RequestFinding, type WindowRequests } from '../contracts/requests.js';

/** Most probable share of windows called refused while requests are, independently, as often as the policy allows. */
export const REFUSED_LEVEL = 0.01;

/**
 * Judges how many requests of a window were refused, which is all that is seen of callers whose fields have another name
 * or type. `refused` when all were, or when more than `maximumRefusedShare` were and as many by chance have a probability
 * of at most `REFUSED_LEVEL`. Of a window with a single request, refused, that is no proof: an alarm takes several windows.
 */
export function judgeRequests(
  counted: WindowRequests,
  { maximumRefusedShare: maximumShare }: RequestPolicy,
): RequestFinding {
  const { total, refused } = counted;
  const tooMany = refused === total || chance(refused, total, maximumShare) <= REFUSED_LEVEL;
  const state = total === 0 ? 'none' : tooMany ? 'refused' : 'accepted';
  return { state, total, refused, maximumShare, found: describeRequests(counted) };
}

/**
 * Upper bound of the probability that at least `refused` of `total` are refused when each is with probability `share`:
 * exp(-n KL(refused / n, share)), exact when all are (Chernoff 1952; Arratia and Gordon 1989, Bulletin of Mathematical
 * Biology 51, 125-131).
 */
function chance(refused: number, total: number, share: number): number {
  if (refused <= share * total) return 1;
  const accepted = total - refused;
  const divergence = term(refused, refused / (total * share)) + term(accepted, accepted / (total * (1 - share)));
  return Math.exp(-divergence);
}

const term = (weight: number, ratio: number): number => (weight === 0 ? 0 : weight * Math.log(ratio));
