import { z } from 'zod';
import type { DriftReport } from '../../contracts/report.js';
import type { EvidentlyClient } from './client.js';
import { withPanels } from './dashboard.js';
import { metricType, stableId } from './documents.js';
import { RUN, snapshotOf } from './snapshot.js';

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

/** Where drift checks are shown beside the project's own reports. */
export interface SnapshotPusher {
  /** Puts a check there, once however often it is called, and tells the address of its page. */
  push(report: DriftReport): Promise<string>;
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
