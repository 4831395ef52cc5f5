import { randomUUID } from 'node:crypto';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startRun } from '../../src/client/runs.js';
import { QUESTION_QUERY, type Question } from '../../src/contracts/decision.js';
import { loadDefinition } from '../../src/definition/definition.js';
import { claim, type ProofSources } from '../../src/registry/prove.js';
import { deploymentOf, ownId, RETRAIN } from '../../src/contracts/names.js';
import type { DeployInput } from '../../src/contracts/pipeline.js';
import type { deployModel } from '../../src/workflows/deploy-model.js';
import { PROJECT } from '../support/project.js';
import { connectTemporal } from '../support/temporal.js';
import { until } from '../support/until.js';
import { deploymentRuns, type Handle, waiting } from './deployment-runs.js';
import { ada, deciding, grace, proving } from './signers.js';

let temporal: TestWorkflowEnvironment;
beforeAll(async () => {
  temporal = await connectTemporal();
});
afterAll(() => temporal.teardown());
const { startRun: start, withWorker } = deploymentRuns(() => temporal);
const { say, send } = deciding(() => temporal);

describe('approval.by', () => {
  it('lets those alone decide, and only with proof', async () => {
    const { result, decided } = await withWorker(proving(), async () => {
      const run = await start(['approval.mode=manual', 'approval.by=["ada"]']);
      await waiting(run);
      expect(await say(run, grace, 'approve', 'ada')).toContain('That ada decides is only claimed');
      expect(await say(run, grace)).toBe('grace (signed) may not decide on this model; approval.by names ada.');
      expect(await say(run, grace, 'reject', 'bea')).toContain('bea (OS user) may not decide');
      const forged = { by: 'ada', at: '', evidence: null, because: 'so', model: 'a'.repeat(64) };
      expect(await send(run, 'approve', forged)).toContain('only claimed');
      expect(await say(run, ada)).toBe('taken');
      return run.result();
    });
    expect(result.outcome).toBe('deployed');
    expect(decided).toEqual(['approved by ada (signed): so']);
  });

  it('holds for a canary that waits as well', async () => {
    const insufficient = () => Promise.resolve({ state: 'insufficient' as const, requests: 0, checks: [] });
    const deployments = ['deployment.strategy.kind=canary', 'deployment.strategy.bakeMinutes=0.002'];
    const functionName = `held-${randomUUID()}`;
    const { decided } = await withWorker({ ...proving(), judgeTraffic: insufficient }, async () => {
      const run = await start([
        ...['approval.mode=manual', 'approval.by=["ada"]', `deployment.functionName=${functionName}`],
        ...deployments,
      ]);
      await waiting(run);
      expect(await say(run, ada)).toBe('taken');
      const deployment = temporal.client.workflow.getHandle(ownId(deploymentOf(functionName), PROJECT.taskQueue));
      await until(
        () => deployment.query<Question | null>(QUESTION_QUERY).catch(() => null),
        (question) => question !== null,
      );
      expect(await say(run, grace)).toContain('may not decide');
      expect(await say(run, ada)).toBe('taken');
      return run.result();
    });
    expect(decided).toEqual(['approved by ada (signed): so', 'approved by ada (signed): so']);
  });
});

describe('approval.fourEyes', () => {
  const settings = ['approval.mode=manual', 'approval.fourEyes=true'];
  const begin = async (who: ProofSources, by?: string) => {
    const definition = await loadDefinition('pipelines/anemia.json', settings);
    return (await startRun(temporal.client, PROJECT, who, definition, {
      cache: true,
      ...(by ? { by } : {}),
    })) as Handle;
  };

  it('lets nobody approve what they started themselves', async () => {
    const { decided } = await withWorker(proving(), async () => {
      const run = await begin(ada);
      await waiting(run);
      expect(await say(run, ada)).toContain('ada (signed) started this run, and approval.fourEyes wants somebody else');
      expect(await say(run, ada, 'approve', 'bea')).toContain('may be the same person under another name');
      expect(await say(run, ada, 'approve', 'Grace')).toContain('only claimed');
      expect(await say(run, grace)).toBe('taken');
      return run.result();
    });
    expect(decided).toEqual(['approved by grace (signed): so']);
  });

  it('believes no starter without proof, whatever the run says of who or what began it', async () => {
    await withWorker(proving(), async () => {
      const definition = await loadDefinition('pipelines/anemia.json', settings);
      const gracesOwn = await claim(grace, { kind: 'start', workflowId: 'another', definition }, undefined);
      const by = { name: 'grace', proof: 'signed' } as const;
      const runs = [
        await begin(ada, 'Grace'),
        await start(settings),
        await start(settings, { kind: 'person', by }),
        await start(settings, { kind: 'person', by, claim: gracesOwn }),
        await start(settings, { kind: 'schedule', id: 'retrain-anemia-detection' }),
      ];
      for (const run of runs) {
        await waiting(run);
        expect(await say(run, ada)).toContain('Who started this run is not proved');
        expect(await say(run, ada, 'reject')).toBe('taken');
      }
      await Promise.all(runs.map((run) => run.result()));
    });
  });

  it('believes no retraining that somebody started themselves that a schedule or an episode began it', async () => {
    const training = `train-${randomUUID()}`;
    const claimRetraining = () => Promise.resolve({ allowed: true as const, training, bySchedule: false });
    const script = { ...proving(), claimRetraining };
    await withWorker(script, async () => {
      const retraining = await temporal.client.workflow.start(RETRAIN, {
        workflowId: `retrain-${randomUUID()}`,
        taskQueue: PROJECT.taskQueue,
        args: [
          {
            store: PROJECT.store,
            definition: await loadDefinition('pipelines/anemia.json', settings),
            cause: 'schedule',
            origin: { kind: 'schedule', id: 'retrain-anemia-detection' },
          },
        ],
      });
      const run = temporal.client.workflow.getHandle(training) as Handle;
      await until(
        () => run.query<Question | null>(QUESTION_QUERY).catch(() => null), // it is yet to begin
        (question) => question !== null,
      );
      expect(await say(run, ada)).toContain('Who started this run is not proved');
      expect(await say(run, ada, 'reject')).toBe('taken');
      await retraining.result();
    });
  });
});

it('a deployment that somebody started themselves is by nobody who is proved, whatever it says', async () => {
  const asked: DeployInput[] = [];
  const promoteModel = (input: DeployInput) => Promise.resolve(void asked.push(input));
  await withWorker({ promoteModel }, async () => {
    const { deployment } = await loadDefinition('pipelines/anemia.json');
    const own = { by: 'Dr. Ada', proof: 'signed' } as const;
    for (const said of [own, { by: own.by }])
      await temporal.client.workflow.execute<typeof deployModel>('deployModel', {
        workflowId: `deploy-${randomUUID()}`,
        taskQueue: PROJECT.taskQueue,
        args: [
          {
            ...{ store: PROJECT.store, policy: deployment, reason: 'so', judgedAgainst: null, ...said },
            model: { name: 'anemia-detection', version: 3, sha256: 'a'.repeat(64) },
          },
        ],
      });
  });
  expect(asked.map(({ by, proof }) => ({ by, proof }))).toEqual([
    { by: 'Dr. Ada', proof: 'claimed' },
    { by: 'Dr. Ada', proof: 'claimed' },
  ]);
});
