/** What a request of a function counts under. */
interface MetricOrigin {
  functionName: string;
  /** `fn` without a qualifier, `fn:<alias>` or `fn:<version>`: how it was called, as in CloudWatch. */
  resource: string;
  executedVersion: string;
  /** When the request came in, milliseconds since the epoch. */
  at: number;
}

/** Which requests are asked for; what is left out matches all. */
export interface MetricSelection {
  functionName?: string;
  resource?: string;
  executedVersion?: string;
}

/** Requests of one period. */
interface MetricTotals {
  /** Start of the period, whole seconds since the epoch. */
  start: number;
  count: number;
  errors: number;
  throttles: number;
  /** Milliseconds. */
  durationSum: number;
  /** Milliseconds. */
  durationMax: number;
  /** Sampled durations in milliseconds, each with how many requests it stands for. */
  durations: [milliseconds: number, weight: number][];
}

/**
 * Requests per second of every function, resource and executed version. In memory only: a restart of the endpoint
 * starts anew. Kept for three hours, with at most 200 sampled durations a second and series.
 */
export interface Metrics {
  invocation(origin: MetricOrigin, milliseconds: number, failed: boolean): void;
  throttle(origin: MetricOrigin): void;
  /** Totals of every period of `period` whole seconds that starts in [from, to) and has data, oldest first. */
  read(selection: MetricSelection, from: number, to: number, period: number): MetricTotals[];
}

/** How long requests are known. */
export const KEPT_SECONDS = 3 * 60 * 60;
/** Durations that are kept of one second of a series; more are drawn from. */
export const MAX_SAMPLES = 200;
/** Between two looks for what is too old. */
const PRUNE_SECONDS = 60;

interface Series {
  origin: Required<MetricSelection>;
  seconds: Map<number, Bucket>;
}

type Bucket = Omit<MetricTotals, 'start' | 'durations'> & { samples: number[] };

/** Starts without data. `now` gives milliseconds since the epoch. */
export function createMetrics(now: () => number = Date.now): Metrics {
  const all = new Map<string, Series>();
  let prunedAt = 0;
  const horizon = (): number => Math.floor(now() / 1000) - KEPT_SECONDS;

  const prune = (): void => {
    const oldest = horizon();
    if (oldest < prunedAt + PRUNE_SECONDS) return;
    prunedAt = oldest;
    for (const [key, { seconds }] of all) {
      for (const second of seconds.keys()) if (second < oldest) seconds.delete(second);
      if (seconds.size === 0) all.delete(key);
    }
  };

  const bucketOf = ({ at, functionName, resource, executedVersion }: MetricOrigin): Bucket => {
    prune();
    const key = `${resource} ${executedVersion}`;
    const origin = { functionName, resource, executedVersion };
    const series = all.get(key) ?? { origin, seconds: new Map<number, Bucket>() };
    all.set(key, series);
    const second = Math.floor(at / 1000);
    const bucket = series.seconds.get(second) ?? {
      count: 0,
      errors: 0,
      throttles: 0,
      durationSum: 0,
      durationMax: 0,
      samples: [],
    };
    series.seconds.set(second, bucket);
    return bucket;
  };

  return {
    invocation(origin, milliseconds, failed) {
      const bucket = bucketOf(origin);
      bucket.count++;
      if (failed) bucket.errors++;
      bucket.durationSum += milliseconds;
      bucket.durationMax = Math.max(bucket.durationMax, milliseconds);
      const { samples, count } = bucket;
      const slot = samples.length < MAX_SAMPLES ? samples.length : Math.floor(Math.random() * count);
      if (slot < MAX_SAMPLES) samples[slot] = milliseconds; // a fair sample of the second, however many there are
    },
    throttle(origin) {
      bucketOf(origin).throttles++;
    },
    read(selection, from, to, period) {
      const oldest = Math.max(from, horizon());
      const periods = new Map<number, MetricTotals>();
      for (const { origin, seconds } of all.values()) {
        if (!matches(origin, selection)) continue;
        for (const [second, bucket] of seconds) {
          const start = second - (second % period);
          if (start < from || start >= to || second < oldest) continue;
          periods.set(start, merged(periods.get(start), start, bucket));
        }
      }
      return [...periods.values()].sort((a, b) => a.start - b.start);
    },
  };
}

function matches(origin: Required<MetricSelection>, selection: MetricSelection): boolean {
  const { functionName, resource, executedVersion } = { ...origin, ...selection };
  return (
    origin.functionName === functionName && origin.resource === resource && origin.executedVersion === executedVersion
  );
}

function merged(totals: MetricTotals | undefined, start: number, bucket: Bucket): MetricTotals {
  const durations = totals?.durations ?? [];
  const weight = bucket.count / bucket.samples.length;
  for (const sample of bucket.samples) durations.push([sample, weight]);
  return {
    start,
    count: (totals?.count ?? 0) + bucket.count,
    errors: (totals?.errors ?? 0) + bucket.errors,
    throttles: (totals?.throttles ?? 0) + bucket.throttles,
    durationSum: (totals?.durationSum ?? 0) + bucket.durationSum,
    durationMax: Math.max(totals?.durationMax ?? 0, bucket.durationMax),
    durations,
  };
}

/** A statistic of one period; `null` when the period has no data of the metric. */
export type Statistic = (totals: MetricTotals) => number | null;

interface Metric {
  unit: 'Count' | 'Milliseconds';
  samples: (totals: MetricTotals) => number;
  sum: (totals: MetricTotals) => number;
}

/** The metrics of namespace AWS/Lambda that are kept. A throttled request is no invocation. */
const METRICS: Readonly<Record<string, Metric>> = {
  Invocations: { unit: 'Count', samples: ({ count }) => count, sum: ({ count }) => count },
  Errors: { unit: 'Count', samples: ({ count }) => count, sum: ({ errors }) => errors },
  Throttles: {
    unit: 'Count',
    samples: ({ count, throttles }) => count + throttles,
    sum: ({ throttles }) => throttles,
  },
  Duration: { unit: 'Milliseconds', samples: ({ count }) => count, sum: ({ durationSum }) => durationSum },
};

/** A metric's unit, `null` for a metric that is not kept. */
export function unitOf(name: string): string | null {
  return Object.hasOwn(METRICS, name) ? METRICS[name]!.unit : null;
}

/**
 * The statistic `stat` of the metric `name`: Sum, Average and SampleCount; for Duration also Maximum and percentiles
 * such as p99 or p99.9. `null` when there is none.
 */
export function statisticOf(name: string, stat: string): Statistic | null {
  const metric = Object.hasOwn(METRICS, name) ? METRICS[name] : undefined;
  const value = metric && valueOf(metric, stat);
  if (!metric || !value) return null;
  return (totals) => (metric.samples(totals) === 0 ? null : value(totals));
}

function valueOf({ unit, samples, sum }: Metric, stat: string): ((totals: MetricTotals) => number) | null {
  if (stat === 'Sum') return sum;
  if (stat === 'SampleCount') return samples;
  if (stat === 'Average') return (totals) => sum(totals) / samples(totals);
  if (unit !== 'Milliseconds') return null;
  if (stat === 'Maximum') return ({ durationMax }) => durationMax;
  const percent = /^p(\d{1,3}(?:\.\d{1,10})?)$/.exec(stat)?.[1];
  if (percent === undefined || Number(percent) > 100) return null;
  return ({ durations }) => percentile(durations, Number(percent) / 100);
}

/** Nearest rank: the smallest duration that at least this share of the requests did not exceed. */
function percentile(durations: MetricTotals['durations'], share: number): number {
  const sorted = [...durations].sort(([a], [b]) => a - b);
  const rank = share * sorted.reduce((sum, [, weight]) => sum + weight, 0);
  const tolerance = 1e-9 * rank; // of the sums of weights
  let seen = 0;
  const found = sorted.find(([, weight]) => (seen += weight) >= rank - tolerance);
  return (found ?? sorted.at(-1))![0]; // periods without a request are not asked
}
