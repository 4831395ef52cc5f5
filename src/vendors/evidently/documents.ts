import { createHash } from 'node:crypto';
import type { DriftTest } from '../../contracts/values.js';
import type { ColumnHistogram, ColumnDrift, Hypothesis } from '../../contracts/monitoring.js';

// What Evidently 0.7 takes, as far as it is used (evidently/core/serialization.py, legacy/model/widget.py, sdk/models.py).

/** A run of a report, as `POST /api/v2/snapshots/<project>` takes it. */
export interface Snapshot {
  report: { items: [] };
  name: string;
  /** ISO 8601 without a zone, as Evidently writes its own: it cannot compare those with and without. UTC. */
  timestamp: string;
  metadata: Record<string, string>;
  tags: string[];
  /** By fingerprint. */
  metric_results: Record<string, MetricResult>;
  top_level_metrics: string[];
  widgets: Widget[];
  tests_widgets: Widget[];
}

/** A metric with its settings; `metric_id` is the fingerprint of metric and settings. */
export interface MetricConfig {
  metric_id: string;
  params: { type: string } & Record<string, string | number>;
}

interface ResultBase {
  display_name: string;
  metric_value_location: { metric: MetricConfig; param: { value_type?: 'count' | 'share' } };
  /** `null` for the parts of another result. */
  widget: Widget[] | null;
  tests: TestResult[];
}

/** A number that a metric found. */
export interface SingleValue extends ResultBase {
  type: 'evidently:metric_result_v2:SingleValue';
  value: number;
}

/** How many there are of something, and their share. */
export interface CountValue extends ResultBase {
  type: 'evidently:metric_result_v2:CountValue';
  count: SingleValue;
  share: SingleValue;
}

/** What a metric found. */
export type MetricResult = SingleValue | CountValue;

interface TestResult {
  id: string;
  name: string;
  description: string;
  metric_config: MetricConfig;
  test_config: Record<string, never>;
  status: 'SUCCESS' | 'FAIL';
  bound_test: null;
}

/** A part of the page of a run. */
export interface Widget {
  type: 'counter' | 'big_table' | 'big_graph' | 'test_suite';
  title: string;
  /** 1 for half the width, 2 for all of it. */
  size: 1 | 2;
  id: string;
  details: '';
  params: object;
  /** Fetched when they are opened. */
  additionalGraphs: Widget[];
  linked_metrics: string[] | null;
}

/** What a project shows of its runs over time; panels and tabs of others have more to them, which is kept. */
export interface Dashboard {
  tabs: { id: string; title?: unknown; panels: string[] }[];
  panels: { id: string }[];
}

/** A chart of a project's dashboard. */
export interface Panel {
  id: string;
  title: string;
  subtitle: string;
  size: 'half' | 'full';
  values: PanelMetric[];
  plot_params: { plot_type: 'line' | 'bar' } | { plot_type: 'counter'; aggregation: 'last' };
}

/** Values that a panel shows: those of runs with all these tags, whose metric has all these settings. */
export interface PanelMetric {
  /** Of each series; `{{column}}` stands for its column. */
  legend: string;
  tags: string[];
  metadata: Record<string, string>;
  metric: string;
  metric_labels: Record<string, string>;
  view_params: Record<string, never>;
}

/** Where Evidently 0.7 has its metrics: part of their fingerprints. */
const CLASSES = {
  DriftedColumnsCount: 'evidently.metrics.column_statistics.DriftedColumnsCount',
  MissingValueCount: 'evidently.metrics.column_statistics.MissingValueCount',
  RowCount: 'evidently.metrics.dataset_statistics.RowCount',
  ValueDrift: 'evidently.metrics.column_statistics.ValueDrift',
} as const;

/** Metrics of Evidently that a drift check has results of. */
export type MetricName = keyof typeof CLASSES;

/** Type of a metric as documents name it. */
export const metricType = (name: MetricName): string => `evidently:metric_v2:${name}`;

/**
 * A metric as Evidently identifies it: MD5 of its class and of the settings that were asked for, as Python prints them in
 * a tuple sorted by name (evidently/pydantic_utils.py, `get_fingerprint`).
 * @param asked settings by the one who asks; what Evidently settles itself is no part of the fingerprint
 * @param settled settings that Evidently would have settled itself, which are told with the metric
 */
export function metricOf(
  name: MetricName,
  asked: Record<string, string> = {},
  settled: Record<string, string | number> = {},
): MetricConfig {
  const pairs = Object.entries(asked)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `(${pythonText(key)}, ${pythonText(value)})`);
  const tuple = `(${pairs.join(', ')}${pairs.length === 1 ? ',' : ''})`;
  return {
    metric_id: createHash('md5').update(`${CLASSES[name]}${tuple}`).digest('hex'),
    params: { type: metricType(name), ...asked, ...settled },
  };
}

/** As Python's `repr` writes a text of printable characters. */
function pythonText(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  return quote + text.replaceAll('\\', '\\\\').replaceAll(quote, `\\${quote}`) + quote;
}

/** Namespace of our ids, drawn once (RFC 9562, version 5). */
const NAMESPACE = Buffer.from('6f0f5c0e1d5b4a83a7f64bd0a2b9c3e1', 'hex');

/** A UUID that is the same for the same parts, so that what is made twice is made once. */
export function stableId(...parts: string[]): string {
  const bytes = createHash('sha1').update(NAMESPACE).update(JSON.stringify(parts)).digest().subarray(0, 16);
  bytes[6] = (bytes[6]! & 0x0f) | 0x50;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** Evidently's own colours. */
const COLORS = { current: '#ed0400', reference: '#4d4d4d' } as const;

type Made = Pick<Widget, 'type' | 'title' | 'params'> & Partial<Widget>;

/** @param key names the widget within its page */
export const widget = (key: string[], made: Made): Widget => ({
  ...{ size: 2, id: stableId('widget', made.type, ...key), details: '', additionalGraphs: [], linked_metrics: null },
  ...made,
});

/** Values with labels below, side by side. */
export const counters = (
  key: string[],
  title: string,
  values: [value: string, label: string][],
  linked: string[] | null = null,
): Widget =>
  widget(key, {
    ...{ type: 'counter', title, linked_metrics: linked },
    params: { counters: values.map(([value, label]) => ({ value, label })) },
  });

/** Both distributions over the same bins, as bars with percent of rows. */
export function distribution(column: string, { bins, reference, current }: ColumnHistogram): Widget {
  const place =
    'categories' in bins ? { x: bins.categories } : { x: centersOf(bins.edges), width: widthsOf(bins.edges) };
  const bars = (name: keyof typeof COLORS, shares: number[]) => ({
    ...{ type: 'bar', name, marker: { color: COLORS[name] }, opacity: 0.7, ...place },
    y: shares.map((share) => 100 * share),
  });
  return widget([column, 'distribution'], {
    type: 'big_graph',
    title: '',
    params: {
      data: [bars('current', current), bars('reference', reference)],
      layout: {
        ...{ barmode: 'categories' in bins ? 'group' : 'overlay', showlegend: true },
        ...{ xaxis: { title: { text: column } }, yaxis: { title: { text: 'Percent of rows' } } },
      },
    },
  });
}

const centersOf = (edges: number[]) => edges.slice(1).map((end, i) => end / 2 + edges[i]! / 2);
const widthsOf = (edges: number[]) => edges.slice(1).map((end, i) => end - edges[i]!);

/** How many tests there are of each outcome, and each with its description. */
export function testWidgets(tests: TestResult[]): Widget[] {
  const countOf = (wanted: string) => String(tests.filter(({ status }) => status === wanted).length);
  const statuses = ['SUCCESS', 'WARNING', 'FAIL', 'ERROR'].map((label) => ({ value: countOf(label), label }));
  const reported = tests.map(({ name, description, status }) => ({
    ...{ title: name, description, state: status.toLowerCase(), groups: [] },
  }));
  return [
    widget(['tests'], { type: 'counter', title: '', params: { counters: statuses, v2_test: true } }),
    widget(['tests'], { type: 'test_suite', title: '', params: { v2_test: true, tests: reported } }),
  ];
}

/** What Evidently itself says of a column, in its words. */
export const asEvidently = (metric: MetricConfig, column: string, test: DriftTest, method: string): TestResult => ({
  ...resultOf(metric, 'drift', test.drifted),
  name: `Value Drift for column ${column}`,
  description: `Drift score is ${test.value.toFixed(2)}. The drift detection method is ${method}. The drift threshold is ${test.threshold.toFixed(2)}.`,
});

/** What alarms go by: the hypotheses of a column under error control, with their effects. */
export const afterErrorControl = (metric: MetricConfig, { column, hypotheses }: ColumnDrift): TestResult[] =>
  hypotheses.length === 0
    ? []
    : [
        {
          ...resultOf(metric, 'error-control', hypotheses.some(isDrifted)),
          name: `Drift of column ${column} after error control`,
          description: `${hypotheses.map(inWords).join('; ')}.`,
        },
      ];

/** Whether a hypothesis was found to hold under error control. */
export const isDrifted = ({ drifted }: Hypothesis): boolean => drifted;

const inWords = ({ about, adjustedP, effect, drifted }: Hypothesis): string =>
  `${about}: ${drifted ? 'drifted' : 'not drifted'}, adjusted p ${adjustedP.toPrecision(3)}, ${effect.name} ${effect.value.toPrecision(3)} (from ${effect.minimum.toPrecision(3)} on it counts)`;

const resultOf = (metric_config: MetricConfig, id: string, drifted: boolean) =>
  ({ id, metric_config, test_config: {}, status: drifted ? 'FAIL' : 'SUCCESS', bound_test: null }) as const;
