import { z } from 'zod';
import { aliasName, functionName } from '../../definition/deployment-schema.js';
import { registeredModel } from './results.js';
import { artifact, definition, model, runName, tally, text, time, uri } from './parse.js';

/* What drift checks, alerts and retrainings are given. */

/** Ends of a window; the first must lie before the second. */
export const timeWindow = z
  .strictObject({ from: time, to: time })
  .refine(({ from, to }) => Date.parse(from) < Date.parse(to), { path: ['to'], message: 'must be after "from"' });

const columns = { driftedCount: tally, driftedColumns: z.array(z.string()), evidentlyDrift: z.boolean() };

const drift = z.enum(['insufficient', 'no-drift', 'drift']);

const largestEffect = z.strictObject({ column: z.string(), value: z.number() }).nullable();

const performance = z.strictObject({
  state: z.enum(['none', 'insufficient', 'kept', 'lost']),
  value: z.number().nullable(),
  rows: tally,
});

const requests = z.strictObject({
  state: z.enum(['none', 'accepted', 'refused']),
  total: tally,
  refused: tally,
  maximumShare: z.number(),
});

const measured = { model: registeredModel, rows: tally, drift, ...columns, largestEffect };

export const comparison = z.strictObject({
  ...measured,
  performance: performance.extend({ found: text }),
  requests: requests.extend({ found: text }),
  details: artifact,
});

export const checkMode = z.enum(['scheduled', 'by-hand', 'backfill']);

const episode = z.strictObject({
  id: z.string().min(1),
  kind: z.enum(['drift', 'performance', 'refused-requests']),
  since: time,
});

/** Whether somebody asked for a check that counts as one of the schedule's. */
export const asked = z.literal(true).optional();

export const checkEntry = z.strictObject({
  ...measured,
  run: runName,
  mode: checkMode,
  asked,
  at: time,
  window: timeWindow,
  performance,
  requests,
  decision: z.strictObject({
    state: z.enum(['quiet', 'suspected', 'alarm', 'ongoing']),
    episodes: z.array(episode),
    begun: z.array(episode),
    retrain: z.enum(['drift', 'performance']).nullable(),
    why: text,
  }),
});

/** A check that was concluded. */
export const checked = z.strictObject({ definition, entry: checkEntry, details: artifact });

export const alert = z.strictObject({
  id: z.string().min(1),
  kind: z.enum(['drift', 'performance', 'refused-requests', 'retraining-paused', 'retraining-failed']),
  model: z.strictObject({ name: model, version: tally }),
  at: time,
  message: text,
  report: uri.nullable(),
});

export const place = z.strictObject({ model, functionName, alias: aliasName });

export const cause = z.enum(['drift', 'performance', 'schedule']);

/** How a training run ended. */
export const ended = z.enum(['deployed', 'refused', 'rejected', 'rolled-back', 'failed', 'cancelled']);
