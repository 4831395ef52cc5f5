import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Activities } from '../../../src/activities/index.js';
import { readConfig } from '../../../src/config/config.js';
import { createRandom } from '../../../src/ml/random.js';
import { createWorkers } from '../../../src/worker/create-workers.js';
import { pendingActivities, progressOf } from '../../support/histories.js';
import { type Lab, openLab, sampleDefinition } from '../../support/lab.js';
import { connectTemporal } from '../../support/temporal.js';
import { freePorts, makeDirectory } from '../../support/temp.js';
import { LIMIT_MS, until } from '../../support/until.js';

let temporal: TestWorkflowEnvironment;
const closing: (() => Promise<void>)[] = [];
beforeAll(async () => {
  temporal = await connectTemporal();
});
afterAll(async () => {
  for (const close of closing) await close();
  await temporal.teardown();
});

const open = (): Promise<Lab> => openLab(temporal, (close) => closing.push(close));

describe('workers with roles', { timeout: LIMIT_MS * 2 }, () => {
  it('divide the work: without one that computes, numeric steps wait', async () => {
    const lab = await open();
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

describe('slots of a worker that computes', () => {
  it.each([
    ['fixed', { activityTaskSlotSupplier: { type: 'fixed-size', numSlots: 3 } }],
    [
      'resource-based',
      {
        activityTaskSlotSupplier: { type: 'resource-based', minimumSlots: 1, maximumSlots: 3 },
        resourceBasedTunerConfig: { targetMemoryUsage: 0.8, targetCpuUsage: 0.9 },
      },
    ],
  ])('are %s when MLOPS_SLOTS says so, and as many as threads at most', async (slots, tuner) => {
    const config = readConfig({
      ...{ MLOPS_SLOTS: slots, MLOPS_WORKER_ROLE: 'compute', MLOPS_COMPUTE_THREADS: '3' },
      ...{ TEMPORAL_ADDRESS: temporal.address, TEMPORAL_NAMESPACE: temporal.client.options.namespace },
    });
    const activities = { profileDataset: () => Promise.reject(new Error('None is run.')) } as unknown as Activities;
    const group = await createWorkers(config, temporal.nativeConnection, activities);
    await group.runUntil(() => {
      expect(group.workers.map(({ options }) => options.tuner)).toMatchObject([tuner]);
      return Promise.resolve();
    });
  });
});

describe('a worker that is asked to end while it trains', { timeout: LIMIT_MS * 2 }, () => {
  it('ends in its time, and another one finishes the run', async () => {
    const lab = await open();
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

/** So many folds of so many rows that a worker which is asked to end after any of the first is in the middle of the next. */
const HEAVY = { rows: 50_000, trees: 250, folds: 8 };

/** A table in which nothing gives the label away. */
function heavyTable(): string {
  const random = createRandom(7);
  const lines = Array.from({ length: HEAVY.rows }, () => {
    const [r, g, b, hb] = [40, 25, 20, 8].map((from) => from + 10 * random.float()) as [number, number, number, number];
    const label = r + g - b + hb + 10 * random.float() > 68 ? 'Yes' : 'No';
    return [r, g, b, hb].map((value) => value.toFixed(4)).join() + `,${label}`;
  });
  return `%Red Pixel,%Green pixel,%Blue pixel,Hb,Anaemic\n${lines.join('\n')}\n`;
}

describe('a worker that is asked to end while its thread computes', { timeout: LIMIT_MS * 2 }, () => {
  it('ends the thread and itself in its time, and another one computes that anew', async () => {
    const graceSeconds = 0.5;
    const lab = await open();
    const table = join(lab.home, 'heavy.csv');
    await writeFile(table, heavyTable());
    const { rows: _, ...options } = HEAVY;
    const candidate = { kind: 'random-forest', options: { trees: options.trees, maxDepth: 6 } };
    const definition = await sampleDefinition(
      ...['model=busy', `dataset.uri=${pathToFileURL(table).href}`, `candidates=${JSON.stringify([candidate])}`],
      ...[`validation.folds=${HEAVY.folds}`, 'validation.repeats=1', 'validation.maxRows=1000000'],
    );
    const first = await lab.workIn(lab.home, { MLOPS_SHUTDOWN_GRACE: String(graceSeconds) });
    const run = await lab.start(definition);
    // The thread has fitted some folds, which one is seen depends on the machine, and is at the next one.
    const early = new RegExp(`random-forest: [1-${HEAVY.folds / 2}] of ${HEAVY.folds} fits`);
    await until(
      () => progressOf(run, 'crossValidateCandidate'),
      (progress) => early.test(progress),
    );
    const asked = performance.now();
    expect(await first.terminate()).toBe(0);
    expect((performance.now() - asked) / 1000).toBeLessThan(graceSeconds + 3);
    expect(first.printed()).not.toContain('did not end in their time');
    const attempts = async () =>
      (await lab.watched())
        .filter(({ activity }) => activity === 'crossValidateCandidate')
        .map(({ attempt, event }) => `${event} ${attempt}`);
    expect(await attempts()).toEqual(['start 1']);
    await lab.workIn(await makeDirectory(), { MLOPS_HOME: lab.home });
    await until(attempts, (events) => events.includes('end 2'));
    await run.terminate('the rest of its training is as long');
    expect(await lab.leftovers()).toEqual([]);
  });
});

describe('a worker whose step does not listen', { timeout: LIMIT_MS * 2 }, () => {
  it('ends all the same, says what it leaves, and another one does it', async () => {
    const lab = await open();
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
    const lab = await open();
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
    const lab = await open();
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
