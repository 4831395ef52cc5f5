import type { MetricMeter } from '@temporalio/common';

/** What a metric is: its kind, what it counts and the labels it always has. Labels never hold data of a row. */
interface MetricDeclaration {
  kind: 'counter' | 'gauge' | 'histogram';
  help: string;
  labels: readonly string[];
}

/** Our own metrics, as Prometheus shows them beside those of the Temporal SDK (`temporal_*`). */
export const METRICS = {
  mlops_stage_duration_seconds: {
    kind: 'histogram',
    help: 'Time of one attempt of an activity, by stage; outcome is done or failed.',
    labels: ['model', 'stage', 'activity', 'outcome'],
  },
  mlops_dataset_rows: {
    kind: 'gauge',
    help: 'Rows of the latest data set, kept or rejected.',
    labels: ['model', 'kind'],
  },
  mlops_gate_verdicts_total: {
    kind: 'counter',
    help: 'Judgements of the gate: passed or refused.',
    labels: ['model', 'verdict'],
  },
  mlops_deployments_total: {
    kind: 'counter',
    help: 'Deployments that ended: deployed or rolled-back.',
    labels: ['model', 'outcome'],
  },
  mlops_serving_version: {
    kind: 'gauge',
    help: 'Registered version with most of the traffic, 0 for none that is known.',
    labels: ['model', 'function', 'alias'],
  },
  mlops_drift_score: {
    kind: 'gauge',
    help: 'Population stability index of a column in the latest window, of the first 100 columns.',
    labels: ['model', 'column'],
  },
  mlops_drifted_columns_share: {
    kind: 'gauge',
    help: 'Share of columns that drifted in the latest window, from 0 to 1.',
    labels: ['model'],
  },
  mlops_predictions_checked_total: {
    kind: 'counter',
    help: 'Captured predictions that drift checks compared; one in two windows counts twice.',
    labels: ['model'],
  },
  mlops_requests_refused_total: {
    kind: 'counter',
    help: 'Requests in checked windows that the endpoint refused; one in two windows counts twice.',
    labels: ['model'],
  },
  mlops_drift_checks_total: {
    kind: 'counter',
    help: 'Drift checks that were concluded: drift, no-drift or insufficient.',
    labels: ['model', 'verdict'],
  },
  mlops_retraining_decisions_total: {
    kind: 'counter',
    help: 'Retrainings that were asked for: allowed or held.',
    labels: ['model', 'cause', 'decision'],
  },
  mlops_alerts_total: {
    kind: 'counter',
    help: 'Alerts told to a sink.',
    labels: ['kind', 'sink'],
  },
  mlops_reports_failed_total: {
    kind: 'counter',
    help: 'Attempts to write a report or push a snapshot that failed.',
    labels: ['model', 'kind'],
  },
} as const satisfies Record<string, MetricDeclaration>;

type MetricName = keyof typeof METRICS;

/** Upper bounds of the stage durations, in seconds. */
export const DURATION_BUCKETS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1800];

/** All labels of a metric, each with its value. */
type LabelsOf<N extends MetricName> = Record<(typeof METRICS)[N]['labels'][number], string>;

/** Counters add the value, gauges take it, histograms observe it. */
export type Metrics = <N extends MetricName>(name: N, value: number, labels: LabelsOf<N>) => void;

/** Our metrics on the SDK's meter, which exports them beside its own. */
export function createMetrics(meter: MetricMeter): Metrics {
  const make = {
    counter: (name: string, help: string) => {
      const counter = meter.createCounter(name, undefined, help);
      return (value: number, labels: Record<string, string>) => counter.add(value, labels);
    },
    gauge: (name: string, help: string) => {
      const gauge = meter.createGauge(name, 'float', undefined, help);
      return (value: number, labels: Record<string, string>) => gauge.set(value, labels);
    },
    histogram: (name: string, help: string) => {
      const histogram = meter.createHistogram(name, 'float', undefined, help);
      return (value: number, labels: Record<string, string>) => histogram.record(value, labels);
    },
  };
  const instruments = new Map(Object.entries(METRICS).map(([name, { kind, help }]) => [name, make[kind](name, help)]));
  return (name, value, labels) => instruments.get(name)!(value, labels);
}
