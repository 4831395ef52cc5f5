import type { ColumnHistogram, ColumnDrift, Hypothesis } from '../../contracts/monitoring.js';
import type { DriftTest } from '../../contracts/drift.js';
import { type TestResult, type Widget, type MetricConfig, stableId } from './documents.js';

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

export const isDrifted = ({ drifted }: Hypothesis): boolean => drifted;

const inWords = ({ about, adjustedP, effect, drifted }: Hypothesis): string =>
  `${about}: ${drifted ? 'drifted' : 'not drifted'}, adjusted p ${adjustedP.toPrecision(3)}, ${effect.name} ${effect.value.toPrecision(3)} (from ${effect.minimum.toPrecision(3)} on it counts)`;

const resultOf = (metric_config: MetricConfig, id: string, drifted: boolean) =>
  ({ id, metric_config, test_config: {}, status: drifted ? 'FAIL' : 'SUCCESS', bound_test: null }) as const;
