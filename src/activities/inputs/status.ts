import { z } from 'zod';
import { STAGES } from '../../contracts/names.js';
import { reportAddress } from './monitoring.js';
import { gateVerdict, holdout, leaderboardRow, registeredModel, warning } from './results.js';
import { sha256, tally, text, uri } from './parse.js';

/** What is known of a training run. */
export const pipelineStatus = z.strictObject({
  stages: z.array(
    z.strictObject({
      stage: z.enum(STAGES),
      state: z.enum(['waiting', 'running', 'done', 'skipped']),
      reused: z.boolean(),
      found: text,
    }),
  ),
  dataset: z.strictObject({ uri, sha256, rows: tally, rejected: tally }).nullable(),
  equalRows: z
    .strictObject({
      verdict: z.enum(['none', 'together', 'different-cases']),
      repeats: tally,
      pairs: tally,
      expectedPairs: z.number().nonnegative(),
    })
    .nullable(),
  leaderboard: z.array(leaderboardRow),
  chosen: z.string().nullable(),
  holdout: holdout.nullable(),
  gate: gateVerdict.nullable(),
  model: registeredModel.nullable(),
  endpoint: z.strictObject({ url: uri, alias: z.string() }).nullable(),
  warnings: z.array(warning),
  report: reportAddress.nullable(),
});
