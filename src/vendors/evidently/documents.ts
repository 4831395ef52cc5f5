/** What Evidently 0.7 takes, as far as it is used (evidently/core/serialization.py, legacy/model/widget.py, sdk/models.py). */

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

export interface SingleValue extends ResultBase {
  type: 'evidently:metric_result_v2:SingleValue';
  value: number;
}

export interface CountValue extends ResultBase {
  type: 'evidently:metric_result_v2:CountValue';
  count: SingleValue;
  share: SingleValue;
}

export type MetricResult = SingleValue | CountValue;

export interface TestResult {
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
