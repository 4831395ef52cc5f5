import { readdirSync, readFileSync } from 'node:fs';
import { bundleWorkflowCode, DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import { TRACING_MODULE } from '../../src/telemetry/traced-worker.js';
import { interceptorsOf, WORKFLOWS } from '../../src/worker/workflow-code.js';

interface History {
  events: { eventType: string; [attributes: string]: unknown }[];
}

const directory = new URL('histories/', import.meta.url);
const names = [
  ...['deployed', 'canary', 'refused', 'cancelled', 'deploy-model', 'deploy-canary', 'rollback'],
  ...['drift-check', 'retrain'],
];
const load = (name: string) => JSON.parse(readFileSync(new URL(`${name}.json`, directory), 'utf8')) as History;

beforeAll(() => Runtime.install({ logger: new DefaultLogger('ERROR') }));

async function replay(
  history: History,
  workflowBundle: { codePath: string } | { code: string } = { codePath: inject('workflowBundle') },
): Promise<Error | undefined> {
  // Where traces go; nothing is told while runs are replayed.
  const sinks = { exporter: { export: { fn: () => undefined, callDuringReplay: false } } };
  // Ids of children end with their project's task queue.
  const recordedOn = { taskQueue: 'mlops' };
  for await (const result of Worker.runReplayHistories({ workflowBundle, sinks, ...recordedOn }, [
    { workflowId: 'replayed', history },
  ]))
    return result.error;
  throw new Error('nothing was replayed');
}

describe('recorded histories', () => {
  it('cover deployed, refused and cancelled runs, deployments with and without canary, a rollback, a drift check and a retraining', () => {
    expect(readdirSync(directory).sort()).toEqual([
      'canary.json',
      'cancelled.json',
      'deploy-canary.json',
      'deploy-model.json',
      'deployed.json',
      'drift-check.json',
      'refused.json',
      'retrain.json',
      'rollback.json',
    ]);
    expect(load('cancelled').events.at(-1)?.eventType).toBe('EVENT_TYPE_WORKFLOW_EXECUTION_CANCELED');
  });

  it.each(names)('%s replays with the workflow code of today', async (name) => {
    expect(await replay(load(name))).toBeUndefined();
  });

  it('replay where traces were switched on since', async () => {
    const traced = await bundleWorkflowCode({
      ...WORKFLOWS,
      workflowInterceptorModules: [...interceptorsOf(WORKFLOWS), TRACING_MODULE],
      logger: new DefaultLogger('ERROR'),
    });
    for (const name of names) expect([name, await replay(load(name), traced)]).toEqual([name, undefined]);
  });

  it('would tell when the code takes another path', async () => {
    const history = load('deployed');
    const changed = history.events.map(
      (event) =>
        JSON.parse(
          JSON.stringify(event).replaceAll('"prepareFeatures"', '"anotherActivity"'),
        ) as History['events'][number],
    );
    expect(await replay({ events: changed })).toBeInstanceOf(Error);
  });
});
