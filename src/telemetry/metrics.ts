import { log } from '@temporalio/activity';
import type { MetricMeter } from '@temporalio/common';
import type { Activities } from '../activities/index.js';
import type { ComparisonDetails } from '../contracts/monitoring.js';
import type { ArtifactRef } from '../contracts/values.js';

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

/** More columns than this are in the report alone: every label value is a series that Prometheus keeps. */
const MOST_COLUMNS = 100;

/** What findings are told with. */
export interface FindingsContext {
  metrics: Metrics;
  /** The bytes of an artifact, for what is too large to travel with a result. */
  read: (ref: ArtifactRef) => Promise<Uint8Array>;
  /** The stage that an activity works for. */
  stageOf: (activity: string) => string | null;
  /** Tells anew which versions serve. */
  servingChanged: () => Promise<void>;
}

type Findings = {
  [N in keyof Activities]?: (
    context: FindingsContext,
    result: Awaited<ReturnType<Activities[N]>>,
    input: Parameters<Activities[N]>[0],
  ) => void | Promise<void>;
};

/** What the metrics learn from the results of activities. */
const FINDINGS: Findings = {
  ingestDataset({ metrics }, { result }, { definition: { model } }) {
    metrics('mlops_dataset_rows', result.rows, { model, kind: 'kept' });
    metrics('mlops_dataset_rows', result.rejected, { model, kind: 'rejected' });
  },
  judgeCandidate({ metrics }, { passed }, { definition: { model } }) {
    metrics('mlops_gate_verdicts_total', 1, { model, verdict: passed ? 'passed' : 'refused' });
  },
  async promoteModel({ metrics, servingChanged }, _, { model: { name: model } }) {
    metrics('mlops_deployments_total', 1, { model, outcome: 'deployed' });
    await servingChanged();
  },
  async recordRollback({ metrics, servingChanged }, _, { input }) {
    metrics('mlops_deployments_total', 1, { model: input.model.name, outcome: 'rolled-back' });
    await servingChanged();
  },
  async compareWindow({ metrics, read }, { rows, driftedCount, requests, details }, { definition: { model } }) {
    metrics('mlops_predictions_checked_total', rows, { model });
    metrics('mlops_requests_refused_total', requests.refused, { model });
    const { columns } = JSON.parse(new TextDecoder().decode(await read(details))) as ComparisonDetails;
    metrics('mlops_drifted_columns_share', columns.length === 0 ? 0 : driftedCount / columns.length, { model });
    for (const { column, stability } of columns.slice(0, MOST_COLUMNS))
      if (stability !== null) metrics('mlops_drift_score', stability.value, { model, column });
  },
  concludeCheck({ metrics }, { drift }, { definition: { model } }) {
    metrics('mlops_drift_checks_total', 1, { model, verdict: drift });
  },
  claimRetraining({ metrics }, { allowed }, { definition: { model }, cause }) {
    metrics('mlops_retraining_decisions_total', 1, { model, cause, decision: allowed ? 'allowed' : 'held' });
  },
  sendAlert({ metrics }, _, { alert: { kind }, sink }) {
    metrics('mlops_alerts_total', 1, { kind, sink });
  },
};

type ActivityName = keyof Activities;
type Run = (input: unknown) => Promise<unknown>;

/** Kinds of reports whose failure is counted. */
const REPORTS: Partial<Record<ActivityName, string>> = {
  reportTraining: 'training',
  reportCheck: 'drift',
  pushSnapshot: 'snapshot',
};

/** The same activities, which also measure themselves. A metric that cannot be told never fails an activity. */
export function observeActivities(activities: Activities, context: FindingsContext): Activities {
  const observed = Object.entries(activities).map(
    ([name, run]) => [name, observe(name as ActivityName, run as Run, context)] as const,
  );
  return Object.fromEntries(observed) as unknown as Activities; // the same functions under the same names
}

function observe(activity: ActivityName, run: Run, context: FindingsContext): Run {
  const stage = context.stageOf(activity) ?? '';
  return async (input) => {
    const model = modelOf(input);
    const startedAt = performance.now();
    const tell = (outcome: 'done' | 'failed') => {
      const seconds = (performance.now() - startedAt) / 1000;
      context.metrics('mlops_stage_duration_seconds', seconds, { model, stage, activity, outcome });
    };
    let result: unknown;
    try {
      result = await run(input);
    } catch (error) {
      tell('failed');
      const kind = REPORTS[activity];
      if (kind !== undefined) context.metrics('mlops_reports_failed_total', 1, { model, kind });
      throw error;
    }
    tell('done');
    try {
      const find = FINDINGS[activity] as ((...reported: unknown[]) => void | Promise<void>) | undefined; // name and input match
      await find?.(context, result, input);
    } catch (error) {
      log.warn('Metrics of a step could not be told', { error });
    }
    return result;
  };
}

/** Inputs name their model in one of four places. */
function modelOf(input: unknown): string {
  const { definition, model, place, input: inner } = (input ?? {}) as Record<string, unknown>;
  if (inner !== undefined) return modelOf(inner);
  if (definition !== undefined || place !== undefined) return modelOf(definition ?? place);
  if (typeof model === 'string') return model;
  const { name } = (model ?? {}) as { name?: unknown };
  return typeof name === 'string' ? name : '';
}
