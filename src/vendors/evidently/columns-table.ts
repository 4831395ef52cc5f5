import type { ColumnDrift } from '../../contracts/drift.js';
import type { DriftReport } from '../../contracts/report.js';
import type { Widget } from './documents.js';
import { isDrifted } from './drift-tests.js';
import { DRIFT_STATISTICS } from '../../ml/drift/statistics/index.js';
import { distribution, widget } from './widgets.js';

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
export function columnsTable({ check, columns }: DriftReport): Widget {
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
