/** How a number is shown: seconds, milliseconds, file size in KB of 1000 bytes, memory in MiB, a count, a rate, a quality, alarms a quarter, hours. */
export type Unit = 's' | 'ms' | 'KB' | 'MiB' | 'count' | 'per s' | 'AUC' | 'per quarter' | 'h';

/**
 * What is allowed. `most`: at most so much. `share`: at most this share of the peer. `above`: at most so much more than
 * the peer. `below`: at most so much less than the peer, where more is better.
 */
export interface Budget {
  kind: 'most' | 'share' | 'above' | 'below';
  limit: number;
}

export type Verdict = 'within' | 'OVER' | 'no peer' | 'no budget';

/** One measured thing. */
export interface Row {
  bench: string;
  what: string;
  unit: Unit;
  /** In the unit: seconds, milliseconds, bytes (`KB` and `MiB`), number. */
  ours: number;
  /** The same in the peer's run; `null` when there is none, or it is not installed. */
  peer: { name: string; value: number } | null;
  budget: Budget | null;
  /** What a reader should know of it, `''` for nothing. */
  note: string;
}

/** Ours as a share of the peer's, `null` without a peer. */
export const ratioOf = ({ ours, peer }: Row): number | null =>
  peer === null || peer.value === 0 ? null : ours / peer.value;

export function verdictOf({ ours, peer, budget }: Row): Verdict {
  if (budget === null) return 'no budget';
  if (budget.kind === 'most') return ours <= budget.limit ? 'within' : 'OVER';
  if (peer === null) return 'no peer';
  const found = { share: ours / peer.value, above: ours - peer.value, below: peer.value - ours }[budget.kind];
  return found <= budget.limit ? 'within' : 'OVER';
}
