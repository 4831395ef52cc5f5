import { randomUUID } from 'node:crypto';
import { ApplicationFailure } from '@temporalio/common';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Activities } from '../../src/activities/index.js';
import { rollBack } from '../../src/client/decide.js';
import { QUESTION_QUERY, type Question } from '../../src/contracts/decision.js';
import { type ProofSources } from '../../src/registry/prove.js';
import { type DeployInput } from '../../src/contracts/pipeline.js';
import { PROJECT } from '../support/project.js';
import { connectTemporal } from '../support/temporal.js';
import { until } from '../support/until.js';
import { deploymentRuns, waiting } from './deployment-runs.js';
import { passedGate } from './scripted.js';
import { ada, deciding, machineOf, newKey, proving } from './signers.js';

let temporal: TestWorkflowEnvironment;
beforeAll(async () => {
  temporal = await connectTemporal();
});
afterAll(() => temporal.teardown());
const { startRun: start, withWorker } = deploymentRuns(() => temporal);
const { say, signed, send } = deciding(() => temporal);

describe('a signed decision', () => {
  it('is written down as signed; a user of the system and a name as that and as claimed', async () => {
    const decided: string[] = [];
    for (const [who, by] of [
      [ada, undefined],
      [ada, 'bea'],
      [ada, 'Dr. Ada'],
    ] as const) {
      const { result, decided: one } = await withWorker(proving(), async () => {
        const run = await start(['approval=manual']);
        await waiting(run);
        expect(await say(run, who, 'reject', by)).toBe('taken');
        return run.result();
      });
      expect(result.reason).toBe(one[0]);
      decided.push(...one);
    }
    expect(decided).toEqual([
      'rejected by ada (signed): so',
      'rejected by bea (OS user): so',
      'rejected by Dr. Ada (claimed): so',
    ]);
  });

  it('that was forged, altered or turned round decides nothing, and the right one does after it', async () => {
    const { result, decided, calls } = await withWorker(proving(), async () => {
      const run = await start(['approval=manual']);
      await waiting(run);
      expect(await say(run, machineOf('ada', newKey()))).toContain('The signature is not one of ada for this');
      expect(await say(run, machineOf('eve', newKey()))).toContain('eve has no key in this registry');
      const rejection = await signed(run, ada, 'reject');
      for (const [verb, change] of [
        ['approve', {}],
        ['reject', { because: 'else' }],
        ['reject', { by: 'grace' }],
        ['reject', { at: new Date(Date.now() + 1000).toISOString() }],
      ] as const)
        expect(await send(run, verb, { ...rejection, ...change })).toContain('is not one of');
      expect(await run.query(QUESTION_QUERY)).not.toBeNull();
      expect(await send(run, 'reject', rejection)).toBe('taken');
      return run.result();
    });
    expect(result.outcome).toBe('rejected');
    expect(decided).toEqual(['rejected by ada (signed): so']);
    expect(calls.filter((call) => call === 'recordDecision')).toHaveLength(1);
  });

  it('counts for no other run and for no second question of the same', async () => {
    const judged: (number | null)[] = [null, 5];
    const script: Partial<Activities> = {
      ...proving(),
      servingNow: () => Promise.resolve({ routing: { functionVersion: '7', canary: null }, former: null, champion: 5 }),
      judgeCandidate: () => Promise.resolve({ ...passedGate, champion: judged.length > 0 ? judged.shift()! : 5 }),
    };
    const { result, decided } = await withWorker(script, async () => {
      const run = await start(['approval=manual']);
      await waiting(run);
      const approval = await signed(run, ada, 'approve');
      expect(await send(run, 'approve', approval)).toBe('taken');
      // Another model was deployed meanwhile, so that the same is asked for the same model once more.
      await until(
        () => run.query<Question | null>(QUESTION_QUERY),
        (question) => question?.number === 2,
      );
      expect(await send(run, 'approve', approval)).toContain('The signature is not one of ada for this');
      const other = await start(['approval=manual', 'deployment.functionName=other']);
      await waiting(other);
      expect(await send(other, 'approve', approval)).toContain('The signature is not one of ada for this');
      expect(await say(other, ada, 'reject')).toBe('taken');
      expect(await say(run, ada, 'reject')).toBe('taken');
      await other.result();
      return run.result();
    });
    expect(result.outcome).toBe('rejected');
    expect(decided.filter((one) => one.startsWith('approved'))).toHaveLength(1);
  });

  it('whose proof cannot be looked at, or is no longer wanted, is refused', async () => {
    const { decided } = await withWorker(
      proving(() => Promise.reject(ApplicationFailure.nonRetryable('The registry is away.'))),
      async () => {
        const run = await start(['approval.mode=manual', 'approval.timeoutHours=0.002']);
        await waiting(run);
        expect(await say(run, ada)).toContain('The registry is away.');
        return run.result();
      },
    );
    expect(decided).toEqual([expect.stringContaining('rejected by the definition: nobody decided')]);
  });
});

it('a rollback is by whom that is proved for, and none with a wrong proof', async () => {
  const inputs: DeployInput[] = [];
  const former = { routing: { functionVersion: '8', canary: null }, former: null, champion: 3 };
  const script: Partial<Activities> = {
    ...proving(),
    servingNow: () => Promise.resolve(former),
    promoteModel: (input) => Promise.resolve(void inputs.push(input)),
  };
  await withWorker(script, async () => {
    const back = (who: ProofSources, by?: string) =>
      rollBack(
        temporal.client,
        PROJECT,
        who,
        {
          ...{ model: 'anemia-detection', alias: 'live', because: 'complaints', functionName: `back-${randomUUID()}` },
          ...(by ? { by } : {}),
        },
        () => Promise.resolve(''),
      );
    await back(ada);
    await back(ada, 'Dr. Ada');
    await expect(back(machineOf('ada', newKey()))).rejects.toThrow('The signature is not one of ada for this');
  });
  expect(inputs.map(({ by, proof }) => ({ by, proof }))).toEqual([
    { by: 'ada', proof: 'signed' },
    { by: 'Dr. Ada', proof: 'claimed' },
  ]);
});
