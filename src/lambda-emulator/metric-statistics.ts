import type { MetricTotals } from './metrics.js';

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
