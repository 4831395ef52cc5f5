import type { LeaderboardRow } from '../../src/contracts/results.js';

/** A leaderboard as it is in any home: artifacts by their hash, not by where they are kept. */
export const anywhere = (leaderboard: LeaderboardRow[]) =>
  leaderboard.map((row) => ({ ...row, foldMetrics: row.foldMetrics.sha256 }));
