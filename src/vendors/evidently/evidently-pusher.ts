import { z } from 'zod';
import type { EvidentlyClient } from './client.js';
import { withPanels } from './dashboard.js';
import { ensureProject } from './project.js';
import { metricType } from './fingerprint.js';
import { RUN, snapshotOf } from './snapshot.js';
import type { SnapshotPusher } from './snapshot-pusher.js';

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
