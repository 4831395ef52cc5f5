import { z } from 'zod';

const count = z.number().int().min(1);
const share = z.number().gt(0).lt(1);
const HOURS_PER_YEAR = 24 * 365;
const hours = z.number().min(0).max(HOURS_PER_YEAR);
const MINUTES_PER_WEEK = 7 * 24 * 60;
const minutes = z.number().int().min(1).max(MINUTES_PER_WEEK);

/** What is concluded from the distributions of a window. Chosen by the simulation of `npm run bench -- false-alarms`. */
const drift = z
  .strictObject({
    /** A window with fewer rows is insufficient: it decides nothing. */
    minimumRows: count.default(100),
    /** Of the hypotheses called drifted in a window, expected share that is not (Benjamini-Hochberg), in (0, 1). */
    falseDiscoveryRate: share.default(0.01),
    /** Least distance of distributions: Wasserstein over the reference's standard deviation, or Jensen-Shannon. */
    minimumEffect: z.number().min(0).default(0.1),
    /** Alarm when so many of the latest windows with enough rows have drifted. */
    alarm: z
      .strictObject({ windows: count.max(100).default(2), of: count.max(100).default(3) })
      .refine(({ windows, of }) => windows <= of, 'must ask for no more drifted windows than it looks at')
      .prefault({}),
    /** Hours without a drifted window after which an episode ends, and hours after its end before another may begin. */
    cooldownHours: hours.default(72),
  })
  .prefault({});

/** When distributions have drifted, and when that is an alarm. */
export type DriftPolicy = z.output<typeof drift>;

const performance = z
  .strictObject({
    metric: z.enum(['rocAuc', 'accuracy', 'recall']).default('rocAuc'),
    /** Alarm when the metric is below the cross-validated one by more than this, beyond its interval. */
    maximumLoss: z.number().min(0).max(1).default(0.05),
    /** Hours of predictions that are judged with the labels known by now; labels come late. */
    windowHours: z.number().gt(0).max(HOURS_PER_YEAR).default(168),
    /** Labelled rows of each class below which performance is insufficient. */
    minimumPerClass: count.default(20),
  })
  .prefault({});

/** When performance is lost, by labels that come later. */
export type PerformancePolicy = z.output<typeof performance>;

const requests = z
  .strictObject({
    /**
     * Share of a window's requests that may be refused, in (0, 1). More, beyond chance, make a bad window; `drift.alarm` of
     * them an alarm, with the cooldown of drift.
     */
    maximumRefusedShare: share.default(0.05),
  })
  .prefault({});

/** When too many requests are refused. */
export type RequestPolicy = z.output<typeof requests>;

const retraining = z
  .strictObject({
    /** What starts a retraining; none keeps it to people. */
    on: z
      .array(z.enum(['drift', 'performance']))
      .max(2)
      .default(['drift', 'performance']),
    /** Days between scheduled retrainings, `null` for none. */
    everyDays: z.number().int().min(1).max(365).nullable().default(null),
    /** Most retrainings in any seven days. */
    perWeek: count.max(1000).default(2),
    /** Hours between the starts of two retrainings, at least. */
    cooldownHours: hours.default(24),
    /** So many refused in a row pause retraining until a person resumes it. */
    refusedInARow: count.max(100).default(3),
  })
  .prefault({});

/** What starts a retraining, and the brakes on it. */
export type RetrainingPolicy = z.output<typeof retraining>;

/** `monitoring`: how a deployed model is watched, and what holds retraining back. */
export const monitoring = z
  .strictObject({
    /** False: nothing is scheduled. Predictions are still captured. */
    enabled: z.boolean().default(true),
    /** Minutes between checks. */
    everyMinutes: minutes.default(60),
    /** Minutes of predictions that a check looks at, at least `everyMinutes`, which is the default. */
    windowMinutes: minutes.optional(),
    /** A check starts up to so many seconds late, so that many schedules do not start at once. */
    jitterSeconds: z.number().int().min(0).max(3600).default(30),
    /**
     * A window ends so many seconds before its check is due, because captured lines arrive with a delay; what arrives later is
     * never checked. Longer than they take at the defaults of terraform/: a minute in Firehose, and up to two around it.
     */
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

/** How a deployed model is watched; part of the definition. */
export type MonitoringPolicy = z.output<typeof monitoring>;

/** `card`: what people should know before they use the model. */
export const card = z
  .strictObject({
    intendedUse: z.string().trim().max(2000).default(''),
    limits: z.array(z.string().trim().min(1).max(500)).max(20).default([]),
  })
  .prefault({});

/** What the model is for, and is not; shown in its reports. */
export type ModelCard = z.output<typeof card>;
