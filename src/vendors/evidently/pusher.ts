import { z } from 'zod';
import { statisticsOf } from '../../ml/drift/statistics/index.js';
import type { DriftStatistic } from '../../ml/drift/statistics/statistic.js';
import type { SnapshotPusher } from '../../report/tracking.js';
import type { EvidentlyClient } from './client.js';
import { metricType, stableId, type Dashboard, type Panel, type PanelMetric, type MetricName } from './documents.js';
import { RUN, snapshotOf, JUDGED } from './snapshot.js';

const DASHBOARD = z.object({
  tabs: z.array(z.looseObject({ id: z.string(), panels: z.array(z.string()) })),
  panels: z.array(z.looseObject({ id: z.string() })),
});
const SERIES = z.object({ sources: z.array(z.object({ snapshot_id: z.guid() })) });
const ADDED = z.object({ snapshot_id: z.guid() });

/**
 * Drift checks as snapshots in an Evidently workspace: a project per model with a dashboard, a run per check. The server
 * names snapshots itself, so that a check is known by its run in the metadata; of several of one check the first stands.
 * Throws what the client throws.
 */
export const createEvidentlyPusher = (client: EvidentlyClient): SnapshotPusher => ({
  async push(report) {
    const { model, run } = report.check;
    const project = await ensureProject(client, model.name);
    await ensurePanels(client, project);
    let [first, ...others] = await snapshotsOf(client, project, run);
    if (first === undefined) {
      const { snapshot_id } = await client.post(`v2/snapshots/${project}`, snapshotOf(report), ADDED);
      // Another try may have come between, or the request of one that was given up.
      [first = snapshot_id, ...others] = await snapshotsOf(client, project, run);
    }
    for (const id of others) await client.remove(`projects/${project}/${id}`);
    return `${client.url}/projects/${project}/reports/${first}`;
  },
});

async function ensurePanels(client: EvidentlyClient, project: string): Promise<void> {
  const dashboard = await client.get(`v2/dashboards/${project}`, DASHBOARD);
  const wanted = withPanels(dashboard ?? { tabs: [], panels: [] });
  if (wanted !== null) await client.post(`v2/dashboards/${project}`, wanted, z.unknown());
}

/** Ids of the snapshots of a check, oldest first: they begin with their time. The server looks for them. */
async function snapshotsOf(client: EvidentlyClient, project: string, run: string): Promise<string[]> {
  const filter = { tags: [], metadata: { [RUN]: run }, metric: metricType('RowCount'), metric_labels: {} };
  const path = `v2/snapshots/${project}/data_series_batch`;
  const { sources } = await client.post(path, { series_filter: [filter] }, SERIES);
  return sources.map(({ snapshot_id }) => snapshot_id).sort();
}

const PROJECT = z.object({ id: z.guid(), created_at: z.string().nullable() });

/**
 * Id of a model's project, which is made when there is none. Makers give it the same id, so that two at once make one. A
 * project that a person made under the model's name is taken, and ours is known again under another name.
 */
async function ensureProject(client: EvidentlyClient, model: string): Promise<string> {
  const own = stableId('project', model);
  const named = (await client.get(`projects/search/${encodeURIComponent(model)}`, z.array(PROJECT))) ?? [];
  if (named.some(({ id }) => id === own)) return own;
  const [oldest] = named.sort(
    (a, b) => (a.created_at ?? '').localeCompare(b.created_at ?? '') || (a.id < b.id ? -1 : 1),
  );
  if (oldest !== undefined) return oldest.id;
  if ((await client.get(`projects/${own}/info`, PROJECT)) !== null) return own;
  const project = {
    id: own,
    name: model,
    description: `Drift checks of the model ${model}.`,
    org_id: null,
    version: '2',
  };
  return client.post('v2/projects', project, z.guid());
}

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
