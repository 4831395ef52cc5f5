import type { ColumnDrift, DriftState } from '../../contracts/monitoring.js';
import type { DriftReport } from '../../contracts/report.js';
import { decimals } from '../../contracts/text.js';
import type { Snapshot, Widget } from './documents.js';
import { DRIFT_STATISTICS } from '../../ml/drift/statistics/index.js';
import { resultsOf } from './results.js';
import { counters, testWidgets, isDrifted, distribution, widget } from './widgets.js';

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
