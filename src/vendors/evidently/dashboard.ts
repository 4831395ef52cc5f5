import type { DriftStatistic } from '../../ml/drift/statistics/statistic.js';
import { statisticsOf } from '../../ml/drift/statistics/index.js';
import { type Dashboard, type Panel, type PanelMetric, type MetricName, metricType, stableId } from './documents.js';
import { JUDGED } from './snapshot.js';

const valueOf = (
  metric: MetricName,
  legend: string,
  metric_labels: Record<string, string>,
  tags: string[] = [JUDGED],
): PanelMetric => ({ legend, tags, metadata: {}, metric: metricType(metric), metric_labels, view_params: {} });

/** Values of each column that was tested by one of these methods. */
const scores = (methods: string[]) => methods.map((method) => valueOf('ValueDrift', '{{column}}', { method }));

/** What Evidently calls the statistics of a measure. */
const namesOf = (measure: DriftStatistic['measure']) => statisticsOf(measure).map(({ evidentlyName }) => evidentlyName);

type Draft = Omit<Panel, 'id' | 'plot_params'>;

const DRAFTS: Draft[] = [
  {
    title: 'Share of drifted columns',
    subtitle: "By Evidently's default tests; from 0.5 on Evidently calls it drift",
    size: 'half',
    values: [valueOf('DriftedColumnsCount', 'share', { value_type: 'share' })],
  },
  {
    title: 'Rows',
    subtitle: 'Predictions in the window of each check, those with too few included',
    size: 'half',
    values: [valueOf('RowCount', 'rows', {}, [])],
  },
  {
    title: 'p-values by column',
    subtitle: 'Models with at most 1000 rows at training: drift below 0.05',
    size: 'full',
    values: scores(namesOf('p')),
  },
  {
    title: 'Distances by column',
    subtitle: 'Models with more than 1000 rows at training: drift from 0.1 on',
    size: 'full',
    values: scores(namesOf('distance')),
  },
  {
    title: 'Population stability index by column',
    subtitle: 'Drift from 0.1 on',
    size: 'full',
    values: scores(statisticsOf('index').map(({ name }) => name)),
  },
  {
    title: 'Missing values by column',
    subtitle: 'Share of the rows of a window',
    size: 'full',
    values: [valueOf('MissingValueCount', '{{column}}', { value_type: 'share' })],
  },
];

/** What a project shows over time. Ids are the same for all, so that panels that were made are known again. */
const PANELS: Panel[] = DRAFTS.map((draft) => ({
  ...draft,
  id: stableId('panel', draft.title),
  plot_params: { plot_type: 'line' },
}));

const TAB = stableId('tab', 'drift');

/**
 * The dashboard with our panels, `null` when it has one of them already: what a person changed or took away since stays
 * as it is. Panels of others are kept. A server of Evidently's takes one tab at most, so a tab of others gets ours.
 */
export function withPanels({ tabs, panels }: Dashboard): Dashboard | null {
  const ids = PANELS.map(({ id }) => id);
  if (tabs.some(({ id }) => id === TAB) || panels.some(({ id }) => ids.includes(id))) return null;
  const [first, ...others] = tabs;
  return {
    tabs: [
      first === undefined ? { id: TAB, title: 'Drift', panels: ids } : { ...first, panels: [...first.panels, ...ids] },
      ...others,
    ],
    panels: [...panels, ...PANELS],
  };
}
