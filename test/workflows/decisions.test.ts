import { randomUUID } from 'node:crypto';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { APPROVE_UPDATE, REJECT_UPDATE } from '../../src/contracts/decision.js';
import { deploymentOf, ownId, ROLLBACK } from '../../src/contracts/names.js';
import type { rollbackModel } from '../../src/workflows/rollback-model.js';
import { connectTemporal } from '../support/temporal.js';
import { until } from '../support/until.js';
import { decide, deploymentRuns, DIGEST, refusalOf, waiting } from './deployment-runs.js';
import { passedGate } from './scripted.js';
import { PROJECT } from '../support/project.js';
import { claimed } from '../support/people.js';

let temporal: TestWorkflowEnvironment;
beforeAll(async () => {
  temporal = await connectTemporal();
});
afterAll(() => temporal.teardown());
const { startRun, withWorker } = deploymentRuns(() => temporal);

describe('approval', () => {
  it('waits for a person, says what to compare and the command, and writes the decision down', async () => {
    let register = () => {};
    const early = new Promise<void>((resolve) => (register = resolve));
    const registerModel = () => early.then(() => ({ name: 'anemia-detection', version: 3, sha256: DIGEST }));
    const { result, decided } = await withWorker({ registerModel }, async () => {
      const run = await startRun(['approval=manual']);
      expect(await refusalOf(decide(run, APPROVE_UPDATE))).toContain('Nothing waits for a decision');
      register();
      await waiting(run);
      const details = (await run.query<string>('__temporal_workflow_metadata')) as unknown as {
        currentDetails: string;
      };
      expect(details.currentDetails).toContain(
        `npm run approve -- ${run.workflowId} \\\n  --model ${DIGEST.slice(0, 12)} --because`,
      );
      expect(details.currentDetails).toContain('**Leaderboard**');

      for (const verb of [APPROVE_UPDATE, REJECT_UPDATE]) {
        expect(await refusalOf(decide(run, verb, { model: 'b'.repeat(64) }))).toContain('another model');
        expect(await refusalOf(decide(run, verb, { model: 'aaaa' }))).toContain('another model');
        expect(await refusalOf(decide(run, verb, { by: ' ' }))).toContain('give --by');
        expect(await refusalOf(decide(run, verb, { by: ' the definition' }))).toContain('give the name of a person');
        expect(await refusalOf(decide(run, verb, { because: '' }))).toContain('give --because');
        const forged = 'fine\n✔ deploy';
        expect(await refusalOf(decide(run, verb, { because: forged }))).toContain('as one line of plain text');
        expect(await refusalOf(decide(run, verb, { by: '\u001b[2JAda' }))).toContain('as one line of plain text');
      }
      for (const rubbish of [null, 7, 'yes', [], { by: 'Ada' }, { by: 1, because: 2, model: 3 }, { also: 'x' }])
        expect(await refusalOf(run.executeUpdate(APPROVE_UPDATE, { args: [rubbish] }))).toMatch(/^A decision /);
      const judgement = { by: 'Ada', because: 'looks right', model: DIGEST };
      for (const args of [[{ ...judgement, also: 'x' }], [judgement, judgement]] as [unknown, ...unknown[]][])
        expect(await refusalOf(run.executeUpdate(APPROVE_UPDATE, { args }))).toContain(
          'A decision is one object of by, at, evidence, because, model: use `anemia-mlops approve',
        );
      const atOnce = [decide(run, APPROVE_UPDATE), decide(run, APPROVE_UPDATE, { by: 'Bea' })];
      const answers = await Promise.all(atOnce.map(refusalOf));
      expect(answers.filter((answer) => answer === 'taken')).toHaveLength(1);
      return run.result();
    });
    expect(result).toMatchObject({ outcome: 'deployed', reason: '' });
    expect(decided).toEqual([expect.stringMatching(/^approved by (Ada|Bea) \(claimed\): looks right$/)]);
  });

  it('deploys nothing that a person rejects', async () => {
    const { result, decided, calls } = await withWorker({}, async () => {
      const run = await startRun(['approval=manual']);
      await waiting(run);
      await decide(run, REJECT_UPDATE);
      return run.result();
    });
    expect(result).toMatchObject({
      outcome: 'rejected',
      reason: 'rejected by Ada (claimed): looks right',
      endpoint: null,
    });
    expect(decided).toEqual(['rejected by Ada (claimed): looks right']);
    expect(calls).not.toContain('servingNow');
  });

  it.each([
    ['reject', 'rejected'],
    ['approve', 'deployed'],
  ])('%s when nobody decides in time, and takes no decision after that', async (atTimeout, outcome) => {
    const settings = ['approval.mode=manual', 'approval.timeoutHours=0.0002', `approval.atTimeout=${atTimeout}`];
    const { result, decided } = await withWorker({}, async () => {
      const run = await startRun(settings);
      const ended = await run.result();
      expect(await refusalOf(decide(run, APPROVE_UPDATE))).not.toBe('taken');
      return ended;
    });
    expect(result.outcome).toBe(outcome);
    expect(decided).toEqual([expect.stringContaining('by the definition: nobody decided within 0.0002 hours')]);
  });

  it('comes too late for a run that goes on after the time-out', async () => {
    let release = () => {};
    const held = new Promise<void>((resolve) => (release = resolve));
    const settings = ['approval.mode=manual', 'approval.timeoutHours=0.0002', 'approval.atTimeout=approve'];
    const publishModel = () => held.then(() => ({ functionVersion: '8', published: true }));
    const { result, decided } = await withWorker({ publishModel }, async (calls) => {
      const run = await startRun(settings);
      await expect.poll(() => calls).toContain('publishModel');
      for (const verb of [APPROVE_UPDATE, REJECT_UPDATE])
        expect(await refusalOf(decide(run, verb))).toContain('Nothing waits for a decision');
      release();
      return run.result();
    });
    expect(result.outcome).toBe('deployed');
    expect(decided).toEqual([expect.stringContaining('approved by the definition')]);
  });

  it('is asked for again when another model was deployed meanwhile', async () => {
    const judged: (number | null)[] = [null, 5];
    const { result, decided } = await withWorker(
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
    expect(decided).toEqual(['approved by Ada (claimed): looks right', 'approved by Ada (claimed): still right']);
  });
});

describe('rollback by hand', () => {
  const rollBack = (functionName: string) =>
    temporal.client.workflow.start<typeof rollbackModel>(ROLLBACK, {
      workflowId: `rollback-${randomUUID()}`,
      taskQueue: PROJECT.taskQueue,
      args: [
        {
          ...{ store: PROJECT.store, model: 'anemia-detection', to: null, functionName },
          ...{ alias: 'live', because: 'complaints', ...claimed('Ada') },
        },
      ],
    });

  it('deploys the former version all at once, with its smoke test', async () => {
    const { result, routes, calls } = await withWorker(
      {
        servingNow: () =>
          Promise.resolve({ routing: { functionVersion: '8', canary: null }, former: null, champion: 3 }),
        publishModel: ({ functionVersion }) =>
          Promise.resolve({ functionVersion: functionVersion ?? 'a new one', published: false }),
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
    const { result, routes } = await withWorker(
      {
        servingNow: () =>
          Promise.resolve({ routing: { functionVersion: '7', canary: null }, former: null, champion: champion }),
        judgeCandidate: () => Promise.resolve({ ...passedGate, champion: 2 }),
      },
      async () => {
        const run = await startRun(bake);
        const deployment = temporal.client.workflow.getHandle(ownId(deploymentOf(functionName), PROJECT.taskQueue));
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
