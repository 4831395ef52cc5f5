import type { ColumnDrift } from '../../contracts/monitoring.js';
import type { DriftTest } from '../../contracts/drift.js';
import type { DriftReport } from '../../contracts/report.js';
import { DRIFT_STATISTICS } from '../../ml/drift/statistics/index.js';
import { type CountValue, type MetricConfig, type MetricResult, type SingleValue, metricOf } from './documents.js';
import { afterErrorControl, asEvidently, counters } from './widgets.js';

/** Share of drifted columns from which Evidently calls a data set drifted. */
export const DRIFT_SHARE = 0.5;

/** What a drift check found, as results of Evidently's metrics: those that Evidently would have found itself. */
export const resultsOf = (report: DriftReport): MetricResult[] => [
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
