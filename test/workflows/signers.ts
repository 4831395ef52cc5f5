import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { createApproveActivities } from '../../src/activities/approve.js';
import type { Activities } from '../../src/activities/index.js';
import type { Ports } from '../../src/activities/ports.js';
import { decide } from '../../src/client/decide.js';
import { type Decided, type Judgement, QUESTION_QUERY, type Question } from '../../src/contracts/decision.js';
import { createIdentities, newOsUserKey, claim, type ProofSources } from '../../src/registry/prove.js';
import { publicKeyOf } from '../../src/registry/signing-keys.js';
import { PROJECT } from '../support/project.js';
import { type Handle, refusalOf } from './deployment-runs.js';

export const newKey = () => generateKeyPairSync('ed25519').privateKey;
export const people: Record<string, KeyObject> = { ada: newKey(), grace: newKey() };
const home = newOsUserKey();

/** The machine of somebody with this key. */
export function machineOf(name: string, key = people[name]!): ProofSources {
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
export const [ada, grace] = [machineOf('ada'), machineOf('grace')];

/** Activities of a worker in whose registry both have a key. */
export const proving = (identify?: Activities['identifyPerson']): Partial<Activities> => {
  const identities = createIdentities({
    osUser: 'bea',
    osUserKey: () => Promise.resolve(home),
    publicKeyOf: (name) => Promise.resolve(people[name] === undefined ? null : publicKeyOf(people[name])),
    aws: null,
  });
  const { identifyPerson } = createApproveActivities({ identities } as unknown as Ports); // the others are not used
  return { identifyPerson: identify ?? identifyPerson };
};

/** What people with keys do about runs of this server. */
export function deciding(temporal: () => TestWorkflowEnvironment) {
  const say = (run: Handle, who: ProofSources, verb: 'approve' | 'reject' = 'approve', by?: string) =>
    refusalOf(
      decide(temporal().client, PROJECT.taskQueue, who, verb, run.workflowId, { because: 'so', ...(by ? { by } : {}) }),
    ).then((said) => said.replace(/^Error: /, ''));

  /** What somebody's client sends. */
  async function signed(
    run: Handle,
    who: ProofSources,
    verb: 'approve' | 'reject',
    because = 'so',
  ): Promise<Judgement> {
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
    refusalOf(run.executeUpdate<Decided, [Judgement]>(verb, { args: [judgement] }));
  return { say, signed, send };
}
