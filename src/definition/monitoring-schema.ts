import { z } from 'zod';
import { MAXIMUM_REFUSED_SHARE } from '../contracts/requests.js';

const count = z.number().int().min(1);
const share = z.number().gt(0).lt(1);
const HOURS_PER_YEAR = 24 * 365;
const hours = z.number().min(0).max(HOURS_PER_YEAR);
const MINUTES_PER_WEEK = 7 * 24 * 60;
const minutes = z.number().int().min(1).max(MINUTES_PER_WEEK);

/** Chosen by the simulation of `npm run bench -- false-alarms`. */
const drift = z
  .strictObject({
    minimumRows: count.default(100),
    falseDiscoveryRate: share.default(0.01),
    minimumEffect: z.number().min(0).default(0.1),
    alarm: z
      .strictObject({ windows: count.max(100).default(2), of: count.max(100).default(3) })
      .refine(({ windows, of }) => windows <= of, 'must ask for no more drifted windows than it looks at')
      .prefault({}),
    cooldownHours: hours.default(72),
  })
  .prefault({});

const performance = z
  .strictObject({
    metric: z.enum(['rocAuc', 'accuracy', 'recall']).default('rocAuc'),
    maximumLoss: z.number().min(0).max(1).default(0.05),
    windowHours: z.number().gt(0).max(HOURS_PER_YEAR).default(168),
    minimumPerClass: count.default(20),
  })
  .prefault({});

const requests = z.strictObject({ maximumRefusedShare: share.default(MAXIMUM_REFUSED_SHARE) }).prefault({});

const retraining = z
  .strictObject({
    on: z
      .array(z.enum(['drift', 'performance']))
      .max(2)
      .default(['drift', 'performance']),
    everyDays: z.number().int().min(1).max(365).nullable().default(null),
    perWeek: count.max(1000).default(2),
    cooldownHours: hours.default(24),
    refusedInARow: count.max(100).default(3),
  })
  .prefault({});

/** `monitoring`: how a deployed model is watched, and what holds retraining back. */
export const monitoring = z
  .strictObject({
    enabled: z.boolean().default(true),
    everyMinutes: minutes.default(60),
    windowMinutes: minutes.optional(),
    jitterSeconds: z.number().int().min(0).max(3600).default(30),
    // Longer than captured lines take at the defaults of terraform/: a minute in Firehose, and up to two around it.
    settleSeconds: z.number().int().min(0).max(3600).default(180),
    drift,
    performance,
    requests,
    retraining,
  })
  .refine(({ windowMinutes, everyMinutes }) => (windowMinutes ?? everyMinutes) >= everyMinutes, {
    path: ['windowMinutes'],
    message: 'must be at least everyMinutes, or predictions between windows would never be checked',
  })
  .prefault({})
  .transform((policy) => ({ ...policy, windowMinutes: policy.windowMinutes ?? policy.everyMinutes }));

/** `card`: what people should know before they use the model. */
export const card = z
  .strictObject({
    intendedUse: z.string().trim().max(2000).default(''),
    limits: z.array(z.string().trim().min(1).max(500)).max(20).default([]),
  })
  .prefault({});
