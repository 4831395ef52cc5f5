import { setTimeout } from 'node:timers/promises';
import { ApplicationFailure } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { APPROVE_UPDATE, QUESTION_QUERY, REJECT_UPDATE } from '../../src/contracts/decision.js';
import { connectTemporal } from '../support/temporal.js';
import { until } from '../support/until.js';
import { CANARY, decide, deploymentRuns, refusalOf } from './deployment-runs.js';
import { PROJECT } from '../support/project.js';
import { deploymentOf, ownId } from '../../src/contracts/names.js';

let temporal: TestWorkflowEnvironment;
beforeAll(async () => {
  temporal = await connectTemporal();
});
afterAll(() => temporal.teardown());
const { startRun, withWorker, deployAll } = deploymentRuns(() => temporal);

describe('strategy', () => {
  it('shifts step by step and judges each', async () => {
    const linear = ['deployment.strategy.kind=linear', 'deployment.strategy.percent=25'];
    const { result, routes, calls } = await deployAll([...linear, 'deployment.strategy.everyMinutes=0.001']);
    expect(result.outcome).toBe('deployed');
    expect(routes).toEqual(['7 +25% 8', '7 +50% 8', '7 +75% 8', '8']);
    expect(calls.filter((name) => name === 'judgeTraffic')).toHaveLength(3);
    expect(calls.indexOf('promoteModel')).toBeGreaterThan(calls.lastIndexOf('shiftTraffic'));
  });

  it('needs no canary where nothing serves yet or nothing known, nor for the version that serves', async () => {
    const nothing = await deployAll(CANARY, {
      servingNow: () => Promise.resolve({ routing: null, former: null, champion: null }),
    });
    expect(nothing.routes).toEqual(['8']);
    const placeholder = { routing: { functionVersion: '1', canary: null }, former: null, champion: null };
    expect((await deployAll(CANARY, { servingNow: () => Promise.resolve(placeholder) })).routes).toEqual(['8']);
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
    let dryRuns = 0;
    const { result, routes } = await deployAll(CANARY, {
      judgeTraffic: () =>
        Promise.resolve({ state: ++dryRuns < 3 ? 'insufficient' : 'good', requests: dryRuns * 10, checks: [] }),
    });
    expect([result.outcome, dryRuns]).toEqual(['deployed', 3]);
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
    const { result, routes, decided } = await withWorker(
      { judgeTraffic: () => Promise.resolve({ state: 'insufficient', requests: 4, checks: [] }) },
      async () => {
        const run = await startRun([...bake, `deployment.functionName=${functionName}`]);
        const deployment = temporal.client.workflow.getHandle(ownId(deploymentOf(functionName), PROJECT.taskQueue));
        await until(
          () => deployment.query(QUESTION_QUERY).catch(() => null),
          (question) => question !== null,
        );
        await decide(deployment, verb);
        return run.result();
      },
    );
    expect([result.outcome, routes.at(-1)]).toEqual([outcome, route]);
    expect(decided.at(-1)).toContain('by Ada (claimed): looks right');
  });

  it('tells a person that it is too late, whose proof is looked at as the new version is judged badly', async () => {
    const functionName = 'too-late';
    let isLooking = false;
    let noted = () => {};
    const wentBack = new Promise<void>((resolve) => (noted = resolve));
    const { result } = await withWorker(
      {
        judgeTraffic: () => Promise.resolve({ state: isLooking ? 'bad' : 'insufficient', requests: 4, checks: [] }),
        identifyPerson: async () => {
          isLooking = true;
          await wentBack;
          await setTimeout(500); // so long a rollback does not wait for itself
          return { name: 'Ada', proof: 'signed' };
        },
        recordRollback: () => {
          noted();
          return Promise.resolve();
        },
      },
      async () => {
        const run = await startRun([...CANARY, `deployment.functionName=${functionName}`]);
        const deployment = temporal.client.workflow.getHandle(ownId(deploymentOf(functionName), PROJECT.taskQueue));
        await until(
          () => deployment.query(QUESTION_QUERY).catch(() => null),
          (question) => question !== null,
        );
        const evidence = { kind: 'signed', signature: '' } as const;
        const said = await refusalOf(decide(deployment, APPROVE_UPDATE, { evidence }));
        return [said, (await run.result()).outcome];
      },
    );
    expect(result).toEqual(['It was decided without you while your proof was looked at.', 'rolled-back']);
  });

  it('tries a step back again until it works, however final its failure', async () => {
    let failures = 0;
    const functionName = 'stubborn';
    const { result, rollbacks } = await withWorker(
      {
        judgeTraffic: () => Promise.reject(ApplicationFailure.nonRetryable('the former version is gone')),
        shiftTraffic: ({ input, routing }) => {
          if (routing?.canary === null && failures++ < 2)
            return Promise.reject(ApplicationFailure.nonRetryable('credentials expired', 'CredentialsRejected'));
          return Promise.resolve({ url: '', alias: input.policy.alias });
        },
      },
      async () => {
        const run = await startRun([...CANARY, `deployment.functionName=${functionName}`]);
        const deployment = temporal.client.workflow.getHandle(ownId(deploymentOf(functionName), PROJECT.taskQueue));
        await until(
          async () => {
            const reported: unknown = await deployment.query('__temporal_workflow_metadata').catch(() => null);
            return (reported as { currentDetails?: string } | null)?.currentDetails ?? '';
          },
          (details) =>
            /could not point live to function version 7 \(credentials expired\); tried 2 times/.test(details),
        );
        return run.result();
      },
    );
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
    const { result } = await withWorker(
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
