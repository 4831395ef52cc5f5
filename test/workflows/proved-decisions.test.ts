import { generateKeyPairSync, type KeyObject, randomUUID } from 'node:crypto';
import { ApplicationFailure } from '@temporalio/common';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createIdentifyActivities } from '../../src/activities/identify.js';
import type { Activities } from '../../src/activities/index.js';
import type { Ports } from '../../src/activities/ports.js';
import { decide } from '../../src/client/decide.js';
import { rollBack } from '../../src/client/rollback.js';
import { startRun } from '../../src/client/start.js';
import { type Judgement, QUESTION_QUERY, type Question } from '../../src/contracts/decision.js';
import { loadDefinition } from '../../src/definition/definition.js';
import { createIdentities } from '../../src/identity/identities.js';
import { newOsUserKey } from '../../src/identity/os-user.js';
import { claim, type ProofSources } from '../../src/identity/prove.js';
import { publicKeyOf } from '../../src/identity/signing-keys.js';
import type { DeployInput } from '../../src/contracts/pipeline.js';
import { deploymentOf, ownId, RETRAIN } from '../../src/contracts/names.js';
import type { deployModel } from '../../src/workflows/deploy-model.js';
import { PROJECT } from '../support/project.js';
import { startTemporal } from '../support/temporal.js';
import { until } from '../support/until.js';
import { deploymentStage, type Handle, refusalOf, waiting } from './deployment-stage.js';
import { passedGate } from './scripted.js';

let temporal: TestWorkflowEnvironment;
beforeAll(async () => {
  temporal = await startTemporal();
});
afterAll(() => temporal.teardown());
const { startRun: start, stage } = deploymentStage(() => temporal);

const newKey = () => generateKeyPairSync('ed25519').privateKey;
const people: Record<string, KeyObject> = { ada: newKey(), grace: newKey() };
const home = newOsUserKey();

/** The machine of somebody with this key. */
function machineOf(name: string, key = people[name]!): ProofSources {
  return {
    osUser: 'bea',
    osUserKey: () => Promise.resolve(home),
    keys: {
      names: () => Promise.resolve([name]),
      find: (asked) => Promise.resolve(asked === name ? key : null),
      getOrMake: () => Promise.reject(new Error('not asked here')),
      fileOf: (asked) => asked,
    },
    aws: null,
    now: () => new Date(),
  };
}
const [ada, grace] = [machineOf('ada'), machineOf('grace')];

/** Activities of a worker in whose registry both have a key. */
const proving = (identify?: Activities['identifyPerson']): Partial<Activities> => {
  const identities = createIdentities({
    osUser: 'bea',
    osUserKey: () => Promise.resolve(home),
    publicKeyOf: (name) => Promise.resolve(people[name] === undefined ? null : publicKeyOf(people[name])),
    aws: null,
  });
  const { identifyPerson } = createIdentifyActivities({ identities } as unknown as Ports); // the others are not used
  return { identifyPerson: identify ?? identifyPerson };
};

const say = (run: Handle, who: ProofSources, verb: 'approve' | 'reject' = 'approve', by?: string) =>
  refusalOf(
    decide(temporal.client, PROJECT.taskQueue, who, verb, run.workflowId, { because: 'so', ...(by ? { by } : {}) }),
  ).then((said) => said.replace(/^Error: /, ''));

/** What somebody's client sends. */
async function signed(run: Handle, who: ProofSources, verb: 'approve' | 'reject', because = 'so'): Promise<Judgement> {
  const { number, model } = (await run.query<Question | null>(QUESTION_QUERY))!;
  const { runId } = await run.describe();
  const statement = {
    kind: 'decision',
    verb,
    workflowId: run.workflowId,
    runId,
    question: number,
    model,
    because,
  } as const;
  return { ...(await claim(who, statement, undefined)), because, model: model.sha256 };
}
const send = (run: Handle, verb: string, judgement: Judgement) =>
  refusalOf(run.executeUpdate<string, [Judgement]>(verb, { args: [judgement] }));

describe('a signed decision', () => {
  it('is written down as signed; a user of the system and a name as that and as claimed', async () => {
    const decided: string[] = [];
    for (const [who, by] of [
      [ada, undefined],
      [ada, 'bea'],
      [ada, 'Dr. Ada'],
    ] as const) {
      const { result, decided: one } = await stage(proving(), async () => {
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
    const { result, decided, calls } = await stage(proving(), async () => {
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
    const { result, decided } = await stage(script, async () => {
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
    const { decided } = await stage(
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

describe('approval.by', () => {
  it('lets those alone decide, and only with proof', async () => {
    const { result, decided } = await stage(proving(), async () => {
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
    const { decided } = await stage({ ...proving(), judgeTraffic: insufficient }, async () => {
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
    const { decided } = await stage(proving(), async () => {
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
    await stage(proving(), async () => {
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
    await stage(script, async () => {
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
  await stage({ promoteModel }, async () => {
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

it('a rollback is by whom that is proved for, and none with a wrong proof', async () => {
  const inputs: DeployInput[] = [];
  const former = { routing: { functionVersion: '8', canary: null }, former: null, champion: 3 };
  const script: Partial<Activities> = {
    ...proving(),
    servingNow: () => Promise.resolve(former),
    promoteModel: (input) => Promise.resolve(void inputs.push(input)),
  };
  await stage(script, async () => {
    const back = (who: ProofSources, by?: string) =>
      rollBack(
        temporal.client,
        PROJECT,
        who,
        {
          ...{ model: 'anemia-detection', alias: 'live', because: 'complaints', function: `back-${randomUUID()}` },
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
