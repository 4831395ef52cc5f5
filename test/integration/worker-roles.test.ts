import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pendingActivities } from '../support/histories.js';
import { type Lab, openLab, sampleDefinition } from '../support/lab.js';
import { startTemporal } from '../support/temporal.js';
import { freePorts, makeDirectory } from '../support/temp.js';
import { LIMIT_MS, until } from '../support/until.js';

let temporal: TestWorkflowEnvironment;
const closing: (() => Promise<void>)[] = [];
beforeAll(async () => {
  temporal = await startTemporal({ namespaces: ['roles', 'ending', 'stubborn', 'killed', 'versions'] });
});
afterAll(async () => {
  for (const close of closing) await close();
  await temporal.teardown();
});

const open = (namespace: string): Promise<Lab> => openLab(temporal, namespace, (close) => closing.push(close));

describe('workers with roles', { timeout: LIMIT_MS * 2 }, () => {
  it('divide the work: without one that computes, numeric steps wait', async () => {
    const lab = await open('roles');
    const [port] = await freePorts(1);
    await lab.workIn(lab.home, { MLOPS_WORKER_ROLE: 'workflow', MLOPS_HEALTH_PORT: String(port) });
    const readiness = async () => {
      const response = await fetch(`http://127.0.0.1:${port}/readyz`);
      return { status: response.status, health: await response.json() };
    };
    const ready = await until(readiness, ({ status }) => status === 200); // a busy server may not answer the first time
    expect(ready.health).toEqual({ state: 'ready' });
    const run = await lab.start(await sampleDefinition('model=divided'));
    await until(
      () => pendingActivities([run]),
      (pending) => pending.includes('profileDataset'),
    );
    expect((await lab.watched()).map(({ activity }) => activity)).not.toContain('profileDataset');
    await lab.workIn(lab.home, { MLOPS_WORKER_ROLE: 'compute', MLOPS_SLOTS: 'resource-based' });
    expect(await run.result()).toMatchObject({ outcome: 'deployed' });
  });
});

describe('a worker that is asked to end while it trains', { timeout: LIMIT_MS * 2 }, () => {
  it('ends in its time, and another one finishes the run', async () => {
    const lab = await open('ending');
    const hold = { activity: 'crossValidateCandidate', at: 'before', model: 'ending' } as const;
    const first = await lab.workIn(lab.home, { MLOPS_SHUTDOWN_GRACE: '1' }, hold);
    const run = await lab.start(await sampleDefinition('model=ending'));
    await first.held;
    expect(await first.terminate()).toBe(0);
    expect((await run.describe()).status.name).toBe('RUNNING');
    await lab.workIn(await makeDirectory(), { MLOPS_HOME: lab.home });
    expect(await run.result()).toMatchObject({ outcome: 'deployed' });
    expect(await lab.leftovers()).toEqual([]);
  });
});

describe('a worker whose step does not listen', { timeout: LIMIT_MS * 2 }, () => {
  it('ends all the same, says what it leaves, and another one does it', async () => {
    const lab = await open('stubborn');
    const hold = { activity: 'crossValidateCandidate', at: 'before', model: 'stubborn', stubborn: true } as const;
    const first = await lab.workIn(lab.home, { MLOPS_SHUTDOWN_GRACE: '0' }, hold);
    const run = await lab.start(await sampleDefinition('model=stubborn'));
    await first.held;
    expect(await first.terminate()).toBe(0);
    expect(first.printed()).toContain(
      'Steps that did not end in their time are left to another worker taskQueue=mlops-compute',
    );
    await lab.work();
    expect(await run.result()).toMatchObject({ outcome: 'deployed' });
  });
});

describe('two workers', { timeout: LIMIT_MS * 2 }, () => {
  it('of which one is killed in a step: the other one does it', async () => {
    const lab = await open('killed');
    const first = await lab.work({ activity: 'crossValidateCandidate', at: 'before', model: 'killed' });
    const run = await lab.start(await sampleDefinition('model=killed'));
    await first.held;
    await lab.work();
    await first.kill();
    expect(await run.result()).toMatchObject({ outcome: 'deployed' });
    const attempts = (await lab.watched()).filter(({ activity }) => activity === 'crossValidateCandidate');
    expect(attempts.some(({ attempt, event }) => attempt === 2 && event === 'end')).toBe(true);
    expect(await lab.leftovers()).toEqual([]);
  });
});

describe('workers with versions', { timeout: LIMIT_MS * 2 }, () => {
  it('keep a run with the build that began it, and give new runs to the current one', async () => {
    const lab = await open('versions');
    const { workflowService, options } = lab.client;
    const work = (buildId: string, ...holds: Parameters<Lab['work']>) =>
      lab.workIn(lab.home, { MLOPS_DEPLOYMENT_NAME: 'mlops', MLOPS_BUILD_ID: buildId }, ...holds);
    const makeCurrent = (buildId: string) =>
      until(
        () =>
          workflowService
            .setWorkerDeploymentCurrentVersion({
              ...{ namespace: options.namespace, deploymentName: 'mlops', buildId, identity: 'test' },
              ignoreMissingTaskQueues: true,
            })
            .then(
              () => true,
              () => false, // until its workers have been heard of
            ),
        (done) => done,
      );
    const buildOf = async (run: Awaited<ReturnType<Lab['start']>>) =>
      (await run.describe()).raw.workflowExecutionInfo?.versioningInfo?.deploymentVersion?.buildId;

    const one = await work('one', { activity: 'ingestDataset', at: 'before', model: 'pinned' });
    await makeCurrent('one');
    const pinned = await lab.start(await sampleDefinition('model=pinned'));
    await one.held;
    await work('two');
    await makeCurrent('two');
    const next = await lab.start(await sampleDefinition('model=next'));
    expect(await next.result()).toMatchObject({ outcome: 'deployed' });
    one.release();
    expect(await pinned.result()).toMatchObject({ outcome: 'deployed' });
    expect([await buildOf(pinned), await buildOf(next)]).toEqual(['one', 'two']);
  });
});
