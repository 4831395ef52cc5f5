import { chanceDoubt, oneClassDoubt } from '../../contracts/chance.js';
import type { LeaderboardRow, Warning } from '../../contracts/results.js';

/** What makes a candidate's row of the leaderboard misleading. Of one without a feature nothing is said: it is no candidate. */
export function doubts({
  candidate,
  without,
  metrics,
  confusion,
}: Pick<LeaderboardRow, 'candidate' | 'without' | 'metrics' | 'confusion'>): Warning[] {
  if (without !== null) return [];
  const chance = chanceDoubt(metrics.rocAuc);
  const oneClass = oneClassDoubt(confusion);
  return [
    ...(chance === null ? [] : [{ code: 'not-above-chance' as const, message: `${candidate} ${chance}.` }]),
    ...(oneClass === null ? [] : [{ code: 'one-class-only' as const, message: `${candidate} ${oneClass}.` }]),
  ];
}
