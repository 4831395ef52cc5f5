import type { DriftTest } from '../../contracts/values.js';
import type { ColumnDrift, DriftState } from '../../contracts/monitoring.js';
import type { DriftReport } from '../../contracts/results.js';
import { decimals } from '../../contracts/text.js';
import { DRIFT_STATISTICS } from '../../ml/drift/statistics/index.js';
import {
  type Snapshot,
  type Widget,
  type CountValue,
  type MetricConfig,
  type MetricResult,
  type SingleValue,
  metricOf,
  counters,
  testWidgets,
  isDrifted,
  distribution,
  widget,
  afterErrorControl,
  asEvidently,
} from './documents.js';

/** Key of the metadata that names the check a snapshot is of: `workflow id/run id`. */
export const RUN = 'run';

/** Tag of checks whose window had enough rows to be judged. */
export const JUDGED = 'judged';

const VERDICTS: Record<DriftState, string> = {
  insufficient: 'Insufficient data',
  'no-drift': 'No drift',
  drift: 'Drift',
};

/** A drift check as a run of Evidently: aggregates and distributions, no rows and no extremes. */
export function snapshotOf(report: DriftReport): Snapshot {
  const { check } = report;
  const results = resultsOf(report).map((result) => [result.metric_value_location.metric.metric_id, result] as const);
  const tests = results.flatMap(([, result]) => result.tests);
  return {
    report: { items: [] },
    name: `drift ${check.window.to}`,
    timestamp: check.window.to.replace(/Z$/, ''),
    metadata: metadataOf(report),
    tags: [
      `version ${check.model.version}`,
      check.mode,
      check.drift,
      ...(check.drift === 'insufficient' ? [] : [JUDGED]),
    ],
    metric_results: Object.fromEntries(results),
    top_level_metrics: results.map(([id]) => id),
    widgets: [overview(report), counts(report), columnsTable(report)],
    tests_widgets: tests.length === 0 ? [] : testWidgets(tests),
  };
}

function metadataOf({ check, performance }: DriftReport): Record<string, string> {
  const { model, window, decision } = check;
  const [workflow = '', temporalRun = ''] = check.run.split('/');
  return {
    [RUN]: check.run,
    workflow_id: workflow,
    run_id: temporalRun,
    model: model.name,
    version: String(model.version),
    model_sha256: model.sha256,
    window_from: window.from,
    window_to: window.to,
    drift: check.drift,
    decision: decision.state,
    why: decision.why,
    performance: performance.found,
  };
}

const overview = ({ check }: DriftReport) =>
  counters(['overview'], '', [[VERDICTS[check.drift], `${check.decision.state}: ${check.decision.why}`]]);

const counts = ({ check, columns, reference, performance }: DriftReport) =>
  counters(['counts'], '', [
    [String(check.rows), 'Rows'],
    [String(reference.rows), 'Rows at training'],
    [`${check.driftedCount} of ${columns.length}`, 'Columns drifted after error control'],
    [`${check.requests.refused} of ${check.requests.total}`, 'Requests refused'],
    [check.evidentlyDrift ? 'Drift' : 'No drift', "By Evidently's default"],
    [decimals(check.performance.value, performance.state), `Performance: ${performance.metric}`],
  ]);

const MOST_ROWS = 50;

const histogramColumn = (title: string, field: string, color: string) => ({
  ...{ title, field, type: 'histogram', options: { xField: 'x', yField: 'y', color } },
});

const COLUMNS = [
  { title: 'Column', field: 'column_name' },
  { title: 'Type', field: 'column_type' },
  histogramColumn('Reference Distribution', 'reference_distribution', '#4d4d4d'),
  histogramColumn('Current Distribution', 'current_distribution', '#ed0400'),
  { title: 'Drift after error control', field: 'verdict' },
  { title: "Evidently's default", field: 'data_drift' },
  { title: 'Stat Test', field: 'stattest_name' },
  { title: 'Drift Score', field: 'drift_score' },
  { title: 'PSI', field: 'stability' },
];

/** The columns as Evidently's own drift table has them, with the verdict that alarms go by; a row opens its distribution. */
function columnsTable({ check, columns }: DriftReport): Widget {
  const graphs = new Map(
    columns.flatMap(({ column, histogram }) => (histogram === null ? [] : [[column, distribution(column, histogram)]])),
  );
  return widget(['columns'], {
    type: 'big_table',
    title: `${check.driftedCount} of ${columns.length} columns drifted`,
    params: {
      rowsPerPage: Math.min(columns.length, MOST_ROWS),
      columns: COLUMNS,
      data: columns.map((column) => rowOf(column, graphs.get(column.column))),
    },
    additionalGraphs: [...graphs.values()],
  });
}

const rowOf = ({ column, kind, test, stability, hypotheses, histogram }: ColumnDrift, graph: Widget | undefined) => ({
  details: { parts: graph === undefined ? [] : [{ title: 'DATA DISTRIBUTION', id: graph.id, type: 'widget' }] },
  column_name: column,
  column_type: kind === 'numeric' ? 'num' : 'cat',
  ...(histogram && {
    reference_distribution: sparkline(histogram.bins, histogram.reference),
    current_distribution: sparkline(histogram.bins, histogram.current),
  }),
  verdict: hypotheses.length === 0 ? 'Not judged' : found(hypotheses.some(isDrifted)),
  data_drift: test === null ? 'Not tested' : found(test.drifted),
  stattest_name: test === null ? '' : DRIFT_STATISTICS[test.name].evidentlyName,
  drift_score: test === null ? '' : Number(test.value.toPrecision(6)),
  stability: stability === null ? '' : Number(stability.value.toPrecision(6)),
});

const found = (drifted: boolean) => (drifted ? 'Detected' : 'Not Detected');

type Bins = NonNullable<ColumnDrift['histogram']>['bins'];

const sparkline = (bins: Bins, y: number[]) => ({ x: 'categories' in bins ? bins.categories : bins.edges, y });

/** Share of drifted columns from which Evidently calls a data set drifted. */
const DRIFT_SHARE = 0.5;

/** What a drift check found, as results of Evidently's metrics: those that Evidently would have found itself. */
const resultsOf = (report: DriftReport): MetricResult[] => [
  driftedColumns(report),
  rowCount(report),
  ...report.columns.flatMap((column) => [...driftOf(column), missingOf(column, report.check.rows)]),
];

function driftedColumns({ columns }: DriftReport): CountValue {
  const tests = columns.flatMap(({ test }) => test ?? []);
  const drifted = tests.filter(({ drifted }) => drifted).length;
  const metric = metricOf('DriftedColumnsCount', {}, { drift_share: DRIFT_SHARE });
  return countOf({
    ...{ metric, name: 'Count of Drifted Columns', shareName: 'Share of Drifted Columns' },
    ...{ count: drifted, of: tests.length },
  });
}

const rowCount = ({ check, reference }: DriftReport): SingleValue => ({
  ...single(metricOf('RowCount'), 'Row count in dataset', check.rows),
  widget: [
    counters(['RowCount'], 'Row count in dataset', [
      [String(check.rows), 'current'],
      [String(reference.rows), 'reference'],
    ]),
  ],
});

/** Evidently's default test and its index, with what remains of them after error control. */
function driftOf(column: ColumnDrift): SingleValue[] {
  const { column: name, test, stability } = column;
  const results: SingleValue[] = [];
  if (test !== null && Number.isFinite(test.value)) {
    const method = DRIFT_STATISTICS[test.name].evidentlyName;
    const metric = metricOf('ValueDrift', { column: name }, { method, threshold: test.threshold });
    const drift = valueDrift(column, metric, test, method);
    results.push({ ...drift, tests: [...drift.tests, ...afterErrorControl(metric, column)] });
  }
  if (stability !== null && Number.isFinite(stability.value)) {
    const settled = { threshold: stability.threshold };
    const metric = metricOf('ValueDrift', { column: name, method: stability.name }, settled);
    results.push(valueDrift(column, metric, stability, DRIFT_STATISTICS[stability.name].evidentlyName));
  }
  return results;
}

function valueDrift({ column }: ColumnDrift, metric: MetricConfig, test: DriftTest, method: string): SingleValue {
  const found = `Data drift ${test.drifted ? 'detected' : 'not detected'}. Drift detection method: ${method}. Drift score: ${test.value.toPrecision(3)}`;
  return {
    ...single(metric, `Value drift for ${column}`, test.value),
    widget: [counters([metric.metric_id], '', [[`Drift in column '${column}'`, found]], [metric.metric_id])],
    tests: [asEvidently(metric, column, test, method)],
  };
}

const missingOf = ({ column, current }: ColumnDrift, rows: number): CountValue => {
  const name = `Column '${column}' missing values`;
  const metric = metricOf('MissingValueCount', { column });
  return countOf({ metric, name, shareName: name, count: current.missing, of: rows });
};

function countOf(of: { metric: MetricConfig; name: string; shareName: string; count: number; of: number }): CountValue {
  const { metric, name, shareName, count } = of;
  const share = of.of === 0 ? 0 : count / of.of;
  const part = (value_type: 'count' | 'share', title: string, value: number): SingleValue => ({
    ...single(metric, title, value),
    metric_value_location: { metric, param: { value_type } },
    widget: null,
  });
  return {
    ...base(metric, name),
    type: 'evidently:metric_result_v2:CountValue',
    widget: [
      counters([metric.metric_id], name, [
        [String(count), 'Count'],
        [share.toFixed(2), 'Share'],
      ]),
    ],
    count: part('count', name, count),
    share: part('share', shareName, share),
  };
}

const base = (metric: MetricConfig, name: string) => ({
  display_name: name,
  metric_value_location: { metric, param: {} },
  tests: [],
});

const single = (metric: MetricConfig, name: string, value: number): SingleValue => ({
  ...base(metric, name),
  type: 'evidently:metric_result_v2:SingleValue',
  widget: [],
  value,
});
