import { z } from 'zod';
import type { MonitoringPolicy } from '../../definition/monitoring-schema.js';
import { count, measured, modelVersion, number, share, text, time, window } from './shared.js';

/* The check as the registry keeps it, and the rules by which it was decided. */

/** What is known of performance in a window. */
export const performanceState = z
  .enum(['none', 'insufficient', 'kept', 'lost'])
  .describe('none: no label is known; lost: worse than the policy allows');

const cause = z.enum(['drift', 'performance']);

const episode = z.object({ id: text, kind: z.enum([...cause.options, 'refused-requests']), since: time }).meta({
  id: 'Episode',
  description: 'An unbroken stretch of drift, lost performance or refused requests: one alert each',
});

/** An unbroken stretch of drift, lost performance or refused requests. */
export type Episode = z.output<typeof episode>;

const requestCounts = z.object({
  state: z
    .enum(['none', 'accepted', 'refused'])
    .describe('refused: more were than the policy allows, beyond chance; none: no request came'),
  total: count.describe('Answered or refused; a batch is one request'),
  refused: count,
  maximumShare: share.describe('That may be refused'),
});

const decision = z.object({
  /** `suspected`: drifted windows, not yet enough of them. `alarm`: the first moment of an episode. `ongoing`: its later ones. */
  state: z.enum(['quiet', 'suspected', 'alarm', 'ongoing']),
  /** Those that go on or begin with this check. */
  episodes: z.array(episode),
  begun: z.array(episode).describe('Those that begin with this check'),
  /** Why retraining should start now, `null` when it should not. */
  retrain: cause.nullable(),
  /** In a sentence, with numbers. */
  why: text,
});

/** What a check concludes from its window and the checks before it. */
export type CheckDecision = z.output<typeof decision>;

export const checkEntry = z
  .object({
    run: text.describe('Workflow id and run id of the check'),
    mode: z.enum(['scheduled', 'by-hand', 'backfill']).describe('Only scheduled checks have effects'),
    asked: z.literal(true).optional().describe('Scheduled, but somebody asked for it, at a time of their own'),
    at: time,
    model: modelVersion,
    window,
    rows: count,
    drift: z.enum(['insufficient', 'no-drift', 'drift']),
    driftedCount: count.describe('Columns with a drifted hypothesis'),
    driftedColumns: z.array(text).describe('At most 20 names of them'),
    evidentlyDrift: z.boolean().describe("Evidently's default: at least half of the columns drifted"),
    performance: z.object({ state: performanceState, value: measured, rows: count }),
    requests: requestCounts,
    decision,
    /** Over the columns, for the trend. */
    largestEffect: z.object({ column: text, value: number }).nullable(),
  })
  .meta({ id: 'CheckEntry' });

/**
 * A drift check as the registry keeps it, once for each run. `by-hand` and `backfill` only look: they neither alert nor
 * retrain, nor count for later checks.
 */
export type CheckEntry = z.output<typeof checkEntry>;

/** The definition's own, without its limits and defaults. */
export const policy = z
  .object({
    enabled: z.boolean(),
    everyMinutes: count,
    windowMinutes: count,
    jitterSeconds: count,
    settleSeconds: count,
    drift: z.object({
      minimumRows: count,
      falseDiscoveryRate: share,
      minimumEffect: number,
      alarm: z.object({ windows: count, of: count }),
      cooldownHours: count,
    }),
    performance: z.object({
      metric: z.enum(['rocAuc', 'accuracy', 'recall']),
      maximumLoss: number,
      windowHours: count,
      minimumPerClass: count,
    }),
    requests: z.object({ maximumRefusedShare: share }),
    retraining: z.object({
      on: z.array(cause),
      everyDays: measured,
      perWeek: count,
      cooldownHours: count,
      refusedInARow: count,
    }),
  })
  .meta({
    id: 'MonitoringPolicy',
    description: "The rules of the check, from the model's definition",
  }) satisfies z.ZodType<MonitoringPolicy>;
