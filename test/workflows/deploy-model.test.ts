import { randomUUID } from 'node:crypto';
import { ApplicationFailure, WorkflowUpdateFailedError } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Activities } from '../../src/activities/index.js';
import { APPROVE_UPDATE, type Judgement, QUESTION_QUERY, REJECT_UPDATE } from '../../src/contracts/deployment.js';
import { ROLLBACK, TASK_QUEUE, TRAINING_PIPELINE } from '../../src/contracts/pipeline.js';
import { loadDefinition } from '../../src/definition.js';
import type { rollbackModel } from '../../src/workflows/rollback-model.js';
import type { trainingPipeline } from '../../src/workflows/training-pipeline.js';
import { startTemporal } from '../support/temporal.js';
import { until } from '../support/until.js';
import { workerFor } from '../support/worker.js';
import { passedGate, scriptedActivities } from './scripted.js';

let temporal: TestWorkflowEnvironment;
beforeAll(async () => {
  temporal = await startTemporal();
});
afterAll(() => temporal.teardown());

const CANARY = ['deployment.strategy.kind=canary', 'deployment.strategy.bakeMinutes=0.002'];
const DIGEST = 'a'.repeat(64);

type Handle = Awaited<ReturnType<typeof startRun>>;

async function startRun(settings: string[]) {
  const definition = await loadDefinition('pipelines/anemia.json', settings);
  return temporal.client.workflow.start<typeof trainingPipeline>(TRAINING_PIPELINE, {
    workflowId: `train-${randomUUID()}`,
    taskQueue: TASK_QUEUE,
    args: [{ definition, reuse: true }],
  });
}

/** Runs pipelines over scripted activities. `routes` are the aliases' states, `decided` what was written down. */
async function stage<T>(script: Partial<Activities>, act: () => Promise<T>) {
  const routes: string[] = [];
  const decided: string[] = [];
  const rollbacks: string[] = [];
  const { activities, calls } = scriptedActivities({
    shiftTraffic: ({ input, routing }) => {
      const canary = routing?.canary;
      routes.push(
        `${routing?.functionVersion ?? 'none'}${canary ? ` +${canary.percent}% ${canary.functionVersion}` : ''}`,
      );
      return Promise.resolve({ url: 'http://127.0.0.1/live/', alias: input.policy.alias });
    },
    recordDecision: ({ decision, by, because }) => {
      decided.push(`${decision} by ${by}: ${because}`);
      return Promise.resolve({ decision, by, because });
    },
    recordRollback: ({ reason }) => {
      rollbacks.push(reason);
      return Promise.resolve();
    },
    ...script,
  });
  const worker = await workerFor(temporal.nativeConnection, activities);
  const result = await worker.runUntil(act);
  return { result, routes, decided, rollbacks, calls };
}

const deployAll = (settings: string[], script: Partial<Activities> = {}) =>
  stage(script, async () => (await startRun(settings)).result());

const decide = (handle: { executeUpdate: Handle['executeUpdate'] }, verb: string, judgement: Partial<Judgement> = {}) =>
  handle.executeUpdate<string, [Judgement]>(verb, {
    args: [{ by: 'Ada', because: 'looks right', model: DIGEST, ...judgement }],
  });

const refusalOf = (update: Promise<unknown>): Promise<string> =>
  update.then(
    () => 'taken',
    (error: unknown) =>
      error instanceof WorkflowUpdateFailedError ? (error.cause?.message ?? error.message) : String(error),
  );

const waiting = (handle: Handle) =>
  until(
    () => handle.query(QUESTION_QUERY),
    (question) => question !== null,
  );

describe('strategy', () => {
  it('shifts step by step and judges each', async () => {
    const linear = ['deployment.strategy.kind=linear', 'deployment.strategy.percent=25'];
    const { result, routes, calls } = await deployAll([...linear, 'deployment.strategy.everyMinutes=0.001']);
    expect(result.outcome).toBe('deployed');
    expect(routes).toEqual(['7 +25% 8', '7 +50% 8', '7 +75% 8', '8']);
    expect(calls.filter((name) => name === 'judgeTraffic')).toHaveLength(3);
    expect(calls.indexOf('promoteModel')).toBeGreaterThan(calls.lastIndexOf('shiftTraffic'));
  });

  it('needs no canary where nothing serves yet, nor for the version that serves', async () => {
    const nothing = await deployAll(CANARY, {
      servingNow: () => Promise.resolve({ routing: null, former: null, champion: null }),
    });
    expect(nothing.routes).toEqual(['8']);
    const same = { routing: { functionVersion: '8', canary: null }, former: null, champion: null };
    expect((await deployAll(CANARY, { servingNow: () => Promise.resolve(same) })).routes).toEqual(['8']);
  });

  it('goes back, and says why, when a step is judged badly', async () => {
    const checks = [{ rule: 'at most 1 % failed requests', passed: false, found: '9 of 30 (30 %)' }];
    const { result, routes, rollbacks, calls } = await deployAll(CANARY, {
      judgeTraffic: () => Promise.resolve({ state: 'bad', requests: 30, checks }),
    });
    const reason = 'With 10 % to function version 8: at most 1 % failed requests, found 9 of 30 (30 %).';
    expect(result).toMatchObject({ outcome: 'rolled-back', reason, endpoint: null, model: { version: 3 } });
    expect(routes).toEqual(['7 +10% 8', '7']);
    expect(rollbacks).toEqual([reason]);
    expect(calls).not.toContain('promoteModel');
  });

  it('neither promotes nor goes back on too few requests: it holds until there are more', async () => {
    let looks = 0;
    const { result, routes } = await deployAll(CANARY, {
      judgeTraffic: () =>
        Promise.resolve({ state: ++looks < 3 ? 'insufficient' : 'good', requests: looks * 10, checks: [] }),
    });
    expect([result.outcome, looks]).toEqual(['deployed', 3]);
    expect(routes).toEqual(['7 +10% 8', '8']);
  });

  it('sends probes instead where the definition says so', async () => {
    const insufficient = {
      judgeTraffic: () => Promise.resolve({ state: 'insufficient' as const, requests: 0, checks: [] }),
    };
    const probing = [...CANARY, 'deployment.judge.insufficient=probe'];
    const good = await deployAll(probing, insufficient);
    expect([good.result.outcome, good.calls.filter((name) => name === 'probeVersions').length]).toEqual([
      'deployed',
      1,
    ]);
    const bad = await deployAll(probing, {
      ...insufficient,
      probeVersions: () =>
        Promise.resolve({ state: 'bad', requests: 20, checks: [{ rule: 'agrees', passed: false, found: '3 %' }] }),
    });
    expect([bad.result.outcome, bad.routes.at(-1)]).toEqual(['rolled-back', '7']);
  });

  it.each([
    [APPROVE_UPDATE, 'deployed', '8'],
    [REJECT_UPDATE, 'rolled-back', '7'],
  ])('lets a person %s while it holds', async (verb, outcome, route) => {
    const bake = ['deployment.strategy.kind=canary', 'deployment.strategy.bakeMinutes=0.05'];
    const functionName = `held-${verb}`;
    const { result, routes, decided } = await stage(
      { judgeTraffic: () => Promise.resolve({ state: 'insufficient', requests: 4, checks: [] }) },
      async () => {
        const run = await startRun([...bake, `deployment.functionName=${functionName}`]);
        const deployment = temporal.client.workflow.getHandle(`deploy-${functionName}`);
        await until(
          () => deployment.query(QUESTION_QUERY).catch(() => null),
          (question) => question !== null,
        );
        await decide(deployment, verb);
        return run.result();
      },
    );
    expect([result.outcome, routes.at(-1)]).toEqual([outcome, route]);
    expect(decided.at(-1)).toContain('by Ada: looks right');
  });

  it('tries a step back again until it works, however final its failure', async () => {
    let failures = 0;
    const { result, rollbacks } = await deployAll(CANARY, {
      judgeTraffic: () => Promise.reject(ApplicationFailure.nonRetryable('the former version is gone')),
      shiftTraffic: ({ input, routing }) => {
        if (routing?.canary === null && failures++ < 2)
          return Promise.reject(ApplicationFailure.nonRetryable('credentials expired', 'CredentialsRejected'));
        return Promise.resolve({ url: '', alias: input.policy.alias });
      },
    });
    expect(failures).toBe(3);
    expect(result).toMatchObject({ outcome: 'rolled-back', reason: 'the former version is gone' });
    expect(rollbacks).toEqual(['the former version is gone']);
  });
});

describe('two deployments of one function', () => {
  it('the second is refused where the definition says so', async () => {
    let release = () => {};
    const held = new Promise<void>((resolve) => (release = resolve));
    let publishing = 0;
    const { result } = await stage(
      {
        publishModel: async () => {
          publishing++;
          await held;
          return { functionVersion: '8', published: true };
        },
      },
      async () => {
        const first = await startRun([]);
        await expect.poll(() => publishing).toBe(1);
        const second = await (await startRun(['deployment.whenBusy=refuse'])).result().catch((error: unknown) => error);
        release();
        return { first: await first.result(), second };
      },
    );
    expect(result.first.outcome).toBe('deployed');
    let cause: unknown = result.second;
    while (cause instanceof Error && cause.cause instanceof Error) cause = cause.cause;
    expect(cause).toMatchObject({ type: 'DeploymentBusy' });
    expect(publishing).toBe(1);
  });
});

describe('approval', () => {
  it('waits for a person, says what to compare and the command, and writes the decision down', async () => {
    let register = () => {};
    const early = new Promise<void>((resolve) => (register = resolve));
    const registerModel = () => early.then(() => ({ name: 'anemia-detection', version: 3, sha256: DIGEST }));
    const { result, decided } = await stage({ registerModel }, async () => {
      const run = await startRun(['approval=manual']);
      expect(await refusalOf(decide(run, APPROVE_UPDATE))).toContain('Nothing waits for a decision');
      register();
      await waiting(run);
      const details = (await run.query<string>('__temporal_workflow_metadata')) as unknown as {
        currentDetails: string;
      };
      expect(details.currentDetails).toContain(
        `npm run approve -- ${run.workflowId} \\\n  --model ${DIGEST.slice(0, 12)} --by`,
      );
      expect(details.currentDetails).toContain('**Leaderboard**');

      expect(await refusalOf(decide(run, APPROVE_UPDATE, { model: 'b'.repeat(64) }))).toContain('another model');
      expect(await refusalOf(decide(run, APPROVE_UPDATE, { model: 'aaaa' }))).toContain('another model');
      expect(await refusalOf(decide(run, APPROVE_UPDATE, { by: ' ' }))).toContain('give --by');
      expect(await refusalOf(decide(run, APPROVE_UPDATE, { because: '' }))).toContain('give --because');
      const atOnce = [decide(run, APPROVE_UPDATE), decide(run, APPROVE_UPDATE, { by: 'Bea' })];
      const answers = await Promise.all(atOnce.map(refusalOf));
      expect(answers.filter((answer) => answer === 'taken')).toHaveLength(1);
      return run.result();
    });
    expect(result).toMatchObject({ outcome: 'deployed', reason: '' });
    expect(decided).toEqual([expect.stringMatching(/^approved by (Ada|Bea): looks right$/)]);
  });

  it('deploys nothing that a person rejects', async () => {
    const { result, decided, calls } = await stage({}, async () => {
      const run = await startRun(['approval=manual']);
      await waiting(run);
      await decide(run, REJECT_UPDATE);
      return run.result();
    });
    expect(result).toMatchObject({ outcome: 'rejected', reason: 'rejected by Ada: looks right', endpoint: null });
    expect(decided).toEqual(['rejected by Ada: looks right']);
    expect(calls).not.toContain('servingNow');
  });

  it.each([
    ['reject', 'rejected'],
    ['approve', 'deployed'],
  ])('%s when nobody decides in time, and takes no decision after that', async (atTimeout, outcome) => {
    const settings = ['approval.mode=manual', 'approval.timeoutHours=0.0002', `approval.atTimeout=${atTimeout}`];
    const { result, decided } = await stage({}, async () => {
      const run = await startRun(settings);
      const ended = await run.result();
      expect(await refusalOf(decide(run, APPROVE_UPDATE))).not.toBe('taken');
      return ended;
    });
    expect(result.outcome).toBe(outcome);
    expect(decided).toEqual([expect.stringContaining('by the definition: nobody decided within 0.0002 hours')]);
  });

  it('is asked for again when another model was deployed meanwhile', async () => {
    const judged: (number | null)[] = [null, 5];
    const { result, decided } = await stage(
      {
        servingNow: () =>
          Promise.resolve({ routing: { functionVersion: '7', canary: null }, former: null, champion: 5 }),
        judgeCandidate: () => Promise.resolve({ ...passedGate, champion: judged.shift()! }),
      },
      async () => {
        const run = await startRun(['approval=manual']);
        await waiting(run);
        await decide(run, APPROVE_UPDATE);
        await waiting(run);
        await decide(run, APPROVE_UPDATE, { because: 'still right' });
        return run.result();
      },
    );
    expect(result.outcome).toBe('deployed');
    expect(decided).toEqual(['approved by Ada: looks right', 'approved by Ada: still right']);
  });
});

describe('rollback by hand', () => {
  const rollBack = (functionName: string) =>
    temporal.client.workflow.start<typeof rollbackModel>(ROLLBACK, {
      workflowId: `rollback-${randomUUID()}`,
      taskQueue: TASK_QUEUE,
      args: [{ model: 'anemia-detection', to: null, functionName, alias: 'live', by: 'Ada', because: 'complaints' }],
    });

  it('deploys the former version all at once, with its smoke test', async () => {
    const { result, routes, calls } = await stage(
      {
        servingNow: () =>
          Promise.resolve({ routing: { functionVersion: '8', canary: null }, former: null, champion: 3 }),
        publishModel: () => Promise.resolve({ functionVersion: '7', published: false }),
      },
      async () => (await rollBack('back')).result(),
    );
    expect(result).toMatchObject({ outcome: 'deployed', from: 3, to: 2 });
    expect(routes).toEqual(['7']);
    expect(calls).toEqual(['planRollback', 'servingNow', 'publishModel', 'smokeTest', 'shiftTraffic', 'promoteModel']);
  });

  it('stops a deployment that runs', async () => {
    const functionName = 'stopped';
    const bake = ['deployment.strategy.kind=canary', `deployment.functionName=${functionName}`];
    let champion: number | null = 2;
    const { result, routes } = await stage(
      {
        servingNow: () =>
          Promise.resolve({ routing: { functionVersion: '7', canary: null }, former: null, champion: champion }),
        judgeCandidate: () => Promise.resolve({ ...passedGate, champion: 2 }),
      },
      async () => {
        const run = await startRun(bake);
        const deployment = temporal.client.workflow.getHandle(`deploy-${functionName}`);
        await until(
          () => deployment.describe().catch(() => null),
          (known) => known?.status.name === 'RUNNING',
        );
        champion = 3;
        const back = await rollBack(functionName);
        const ended = await run.result().catch(() => 'cancelled');
        return { ended, back: await back.result() };
      },
    );
    expect(result.ended).toBe('cancelled');
    expect(result.back.outcome).toBe('deployed');
    expect(routes.at(-1)).toBe('8');
  });
});
