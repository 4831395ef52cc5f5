import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { DriftReport } from '../../../src/contracts/results.js';
import { createEvidentlyPusher } from '../../../src/vendors/evidently/pusher.js';
import { createEvidentlyClient } from '../../../src/vendors/evidently/client.js';
import { driftReport } from '../../unit/report/drift-documents.js';
import { type EvidentlyServer, SECRET, startEvidently } from './evidently-server.js';
import { startProxy } from '../mlflow/mlflow-proxy.js';

let evidently: EvidentlyServer;
beforeAll(async () => {
  evidently = await startEvidently();
});
afterAll(() => evidently.close());

const reportOf = (name: string, run: string): DriftReport => {
  const report = driftReport();
  return { ...report, check: { ...report.check, run, model: { ...report.check.model, name } } };
};

const pusher = (url = evidently.url) => createEvidentlyPusher(createEvidentlyClient({ url, secret: SECRET }));

describe('pushes', () => {
  it('of two models at once, from several workers, make a project and a snapshot each', async () => {
    const addresses = await Promise.all(
      ['left', 'right', 'left', 'right'].map((model) => pusher().push(reportOf(model, `drift-${model}/run`))),
    );
    for (const model of ['left', 'right']) {
      await pusher().push(reportOf(model, `drift-${model}/run`));
      const { id, snapshots, panels } = await evidently.project(model);
      expect(snapshots).toHaveLength(1);
      expect(addresses).toContain(`${evidently.url}/projects/${id}/reports/${snapshots[0]!.id}`);
      expect(new Set(panels.map(({ title }) => title)).size).toBe(panels.length);
    }
  });

  it('whose answer is lost and that are repeated make one of each, wherever that is', async () => {
    const proxy = await startProxy(evidently.url);
    onTestFinished(() => proxy.close());
    const models: string[] = [];
    for (let request = 1; ; request++) {
      const model = `lost-${request}`;
      const answer = proxy.lose(request);
      const failure = await pusher(proxy.uri)
        .push(reportOf(model, 'drift/run'))
        .catch((error: unknown) => error);
      if (!answer.lost) break;
      expect(failure).toMatchObject({
        name: 'Error',
        message: expect.stringContaining('could not be reached') as string,
      });
      await pusher().push(reportOf(model, 'drift/run'));
      models.push(model);
    }
    expect(models.length).toBeGreaterThan(7);
    const projects = await evidently.read();
    for (const model of models)
      expect(projects.filter(({ name }) => name === model)).toMatchObject([
        { snapshots: [{ metadata: { run: 'drift/run' } }], tabs: [{ title: 'Drift' }] },
      ]);
  });

  it('keep the name and the panels that a person gave a project', async () => {
    await pusher().push(reportOf('renamed', 'drift/1'));
    const { id, panels } = await evidently.project('renamed');
    const ask = (path: string, body: unknown) =>
      fetch(`${evidently.url}/api/${path}`, {
        method: 'POST',
        headers: { 'evidently-secret': SECRET, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
    await ask(`v2/dashboards/${id}`, { tabs: [], panels: [{ ...panels[1], subtitle: null, size: null, values: [] }] });
    await ask(`projects/${id}/info`, { id, name: 'anemia, ours', description: null, org_id: null, version: '2' });
    await pusher().push(reportOf('renamed', 'drift/2'));
    expect(await evidently.project('anemia, ours')).toMatchObject({
      id,
      panels: [{ title: 'Rows' }],
      snapshots: [{}, {}],
    });
  });
});
