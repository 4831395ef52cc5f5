import { readFile } from 'node:fs/promises';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Definition } from '../../../src/contracts/definition.js';
import type { Stage } from '../../../src/contracts/names.js';
import { startDripping } from '../../support/dripping.js';
import { type Lab, openLab, type Run, sampleDefinition, statusOf } from '../../support/lab.js';
import { connectTemporal } from '../../support/temporal.js';
import { LIMIT_MS, until } from '../../support/until.js';
import type { Hold } from '../../support/watched-worker.js';

/** A cancelled run has to have stopped by then. */
const STOPPED_WITHIN_MS = 10_000;

const CASES: { stage: Stage; hold: Hold }[] = (
  [
    ['profile', 'profileDataset', 'before'],
    ['features', 'prepareFeatures', 'before'],
    ['train', 'crossValidateCandidate', 'after'],
    ['validate', 'fitCandidate', 'before'],
    ['validate', 'judgeCandidate', 'before'],
    ['register', 'registerModel', 'before'],
    ['deploy', 'publishModel', 'before'],
    ['deploy', 'publishModel', 'after'],
    ['deploy', 'smokeTest', 'before'],
    ['deploy', 'servingNow', 'before'],
    ['deploy', 'shiftTraffic', 'before'],
    ['deploy', 'shiftTraffic', 'after'],
    ['deploy', 'promoteModel', 'before'],
    ['deploy', 'promoteModel', 'after'],
  ] as const
).map(([stage, activity, at]) => ({
  stage,
  hold: { activity, at, model: `${at}-${activity.toLowerCase()}` },
}));

let temporal: TestWorkflowEnvironment;
const closing: (() => Promise<void>)[] = [];
beforeAll(async () => {
  temporal = await connectTemporal();
});
afterAll(async () => {
  for (const close of closing) await close();
  await temporal.teardown();
});

const stageOf = async (run: Run): Promise<Stage | undefined> =>
  (await statusOf(run)).stages.findLast(({ state }) => state === 'running')?.stage;

/** Cancels a run and gives how it ended and how long that took. */
async function cancel(run: Run): Promise<{ state: string; milliseconds: number }> {
  const from = performance.now();
  await run.cancel();
  await run.result().catch(() => undefined);
  return { state: (await run.describe()).status.name, milliseconds: performance.now() - from };
}

describe('a run cancelled', () => {
  const runs = new Map<string, Run>();
  let lab: Lab;

  beforeAll(async () => {
    lab = await openLab(temporal, (close) => closing.push(close));
    const worker = await lab.work(...CASES.map(({ hold }) => hold));
    for (const [index, { hold }] of CASES.entries()) {
      const settings = [`model=${hold.model}`, `split.seed=${index}`, 'gate.minimum={}'];
      runs.set(hold.model, await lab.start(await sampleDefinition(...settings)));
    }
    await worker.held;
  }, LIMIT_MS);

  it.each(CASES)('in $stage, $hold.at $hold.activity, stops soon and deploys nothing', async ({ stage, hold }) => {
    const definition = await sampleDefinition(`model=${hold.model}`);
    const run = runs.get(hold.model)!;
    expect(await stageOf(run)).toBe(stage);
    const { state, milliseconds } = await cancel(run);
    expect(state).toBe('CANCELLED');
    expect(milliseconds).toBeLessThan(STOPPED_WITHIN_MS);
    expect(await lab.serving(definition)).toBeNull();
    expect(await lab.registry.alias(definition.model, 'champion')).toBeNull();
    if (stage === 'deploy') {
      const { status } = await lab.deployment(definition).describe();
      expect(status.name).toBe('CANCELLED');
    }
  });

  it('in ingest ends the download and keeps nothing of it', async () => {
    const [header, row] = (await readFile('data/anemia-sample.csv', 'utf8')).split('\n');
    const source = await startDripping(header!, row!);
    closing.push(source.close);
    const definition = await sampleDefinition('model=dripping', `dataset.uri=${source.url}`);
    const run = await lab.start(definition);
    await until(source.listeners, (listeners) => listeners === 1);
    await until(
      () => lab.leftovers(),
      ({ length }) => length > 0,
    );
    const { state, milliseconds } = await cancel(run);
    expect(state).toBe('CANCELLED');
    expect(milliseconds).toBeLessThan(STOPPED_WITHIN_MS);
    await until(source.listeners, (listeners) => listeners === 0);
    expect(await lab.registry.models()).not.toContain('dripping');
  });

  it('leaves nothing half done', async () => {
    expect(await lab.leftovers()).toEqual([]);
  });
});

describe('a run cancelled while another model serves', () => {
  const next = (definition: Definition): Promise<Definition> =>
    sampleDefinition(`model=${definition.model}`, 'split.seed=7', 'gate.championMargin=-1');

  it(
    'ends its computing and leaves the former model serving',
    async () => {
      const lab = await openLab(temporal, (close) => closing.push(close));
      const definition = await sampleDefinition();
      const worker = await lab.work();
      await (await lab.start(definition)).result();
      expect(await lab.serving(definition)).toBe('1');

      const long = await sampleDefinition('candidates.2.options.trees=1000', 'validation.repeats=100');
      const computing = await lab.start(long);
      await until(
        () => stageOf(computing),
        (stage) => stage === 'train',
      );
      await until(
        () => busyShare(worker.pid),
        (share) => share === null || share > BUSY,
      );
      const inTrain = await cancel(computing);
      expect(inTrain.state).toBe('CANCELLED');
      expect(inTrain.milliseconds).toBeLessThan(STOPPED_WITHIN_MS);
      await until(
        () => busyShare(worker.pid),
        (share) => share === null || share < IDLE,
        STOPPED_WITHIN_MS,
      );
      await worker.kill();

      const second = await lab.work({ model: definition.model, activity: 'promoteModel', at: 'before' });
      const switching = await lab.start(await next(definition));
      await second.held;
      expect(await lab.serving(definition)).toBe('2');
      const inDeploy = await cancel(switching);
      expect(inDeploy.state).toBe('CANCELLED');
      expect(inDeploy.milliseconds).toBeLessThan(STOPPED_WITHIN_MS);
      expect(await lab.serving(definition)).toBe('1');
      expect(await lab.champions(definition)).toEqual([1]);
      expect(await lab.leftovers()).toEqual([]);
    },
    LIMIT_MS,
  );
});

/** Shares of one processor: threads that compute take a whole one, a worker that waits next to nothing. */
const BUSY = 0.5;
const IDLE = 0.25;
const TICKS_PER_SECOND = 100;
const MEASURED_SECONDS = 0.5;

/** Share of a processor that a process used in a moment; `null` where /proc does not tell. */
async function busyShare(pid: number): Promise<number | null> {
  const ticks = async () => {
    const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null);
    if (text === null) return null;
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return Number(fields[11]) + Number(fields[12]);
  };
  const before = await ticks();
  await new Promise((resolve) => setTimeout(resolve, MEASURED_SECONDS * 1000));
  const after = await ticks();
  return before === null || after === null ? null : (after - before) / TICKS_PER_SECOND / MEASURED_SECONDS;
}
