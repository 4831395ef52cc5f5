import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { type Claim, type Evidence, POLICY } from '../../../src/contracts/identity.js';
import type { Statement } from '../../../src/contracts/decision.js';
import {
  createIdentities,
  type IdentitySources,
  newOsUserKey,
  claim,
  type ProofSources,
  digestOf,
  textOf,
} from '../../../src/registry/prove.js';
import { publicKeyOf } from '../../../src/registry/signing-keys.js';

const NOW = '2026-11-29T10:00:00.000Z';
const home = newOsUserKey();
const [ada, grace] = [generateKeyPairSync('ed25519').privateKey, generateKeyPairSync('ed25519').privateKey];

const statement: Statement = {
  ...{ kind: 'decision', verb: 'approve', workflowId: 'train-1', runId: 'run-1', question: 1 },
  model: { name: 'anemia-detection', version: 3, sha256: 'a'.repeat(64) },
  because: 'looks right',
};

/** A client: of user `bea`, with private keys of these names. */
function client(keys: Record<string, KeyObject> = {}, others: Partial<ProofSources> = {}): ProofSources {
  const signingKeys = {
    names: () => Promise.resolve(Object.keys(keys)),
    find: (name: string) => Promise.resolve(keys[name] ?? null),
    getOrMake: () => Promise.reject(new Error('not asked here')),
    fileOf: (name: string) => name,
  };
  const osUserKey = () => Promise.resolve(home);
  return { osUser: 'bea', osUserKey, keys: signingKeys, aws: null, now: () => new Date(NOW), ...others };
}

/** A worker that runs as `bea`, with Ada's public key in its registry. */
function worker(others: Partial<IdentitySources> = {}) {
  const enrolled: Record<string, string> = { ada: publicKeyOf(ada) };
  return createIdentities({
    osUser: 'bea',
    osUserKey: () => Promise.resolve(home),
    publicKeyOf: (name) => Promise.resolve(enrolled[name] ?? null),
    aws: null,
    ...others,
  });
}

const proved = (said: Claim, of: Statement = statement, at = NOW, by = worker()) => by.prove(of, said, at);
const refused = (why: string) => ({ type: 'IdentityNotProved', message: expect.stringContaining(why) as string });

describe('who a client can prove that it is', () => {
  it.each([
    ['the operating system’s user without a name', {}, undefined, 'bea', 'os-user'],
    ['that user by name', {}, 'bea', 'bea', 'os-user'],
    ['the only key without a name', { ada }, undefined, 'ada', 'signed'],
    ['a key by name', { ada, grace }, 'ada', 'ada', 'signed'],
    ['the user where several keys could be meant', { ada, grace }, undefined, 'bea', 'os-user'],
    ['nothing for any other name', { ada }, 'Dr. Ada', 'Dr. Ada', 'claimed'],
  ])('is %s', async (_, keys, by, name, proof) => {
    expect(await proved(await claim(client(keys), statement, by))).toEqual({ name, proof });
  });

  it('is the caller of AWS before anybody else where that is asked for, and a key by name', async () => {
    const arn = 'arn:aws:iam::123456789012:user/ada';
    const evidence = (digest: string): Promise<Evidence> =>
      Promise.resolve({ kind: 'aws', region: 'eu-central-1', authorization: digest, date: '', token: null });
    const aws = { name: () => Promise.resolve(arn), evidence };
    const said = await claim(client({ ada }, { aws }), statement, undefined);
    expect(said.by).toBe(arn);
    const asked: [string, string][] = [];
    const askAws: IdentitySources['aws'] = ({ authorization }, digest) => {
      asked.push([authorization, digest]);
      return Promise.resolve({ arn, account: '123456789012' });
    };
    expect(await proved(said, statement, NOW, worker({ aws: askAws }))).toEqual({ name: arn, proof: 'aws' });
    const digest = digestOf(textOf(statement, said));
    expect(asked).toEqual([[digest, digest]]);

    const other = { ...said, by: 'arn:aws:iam::123456789012:user/grace' };
    await expect(proved(other, statement, NOW, worker({ aws: askAws }))).rejects.toMatchObject(refused('AWS names'));
    await expect(proved(said)).rejects.toMatchObject(refused('asks AWS for nobody'));
    expect((await claim(client({ ada }, { aws }), statement, 'ada')).evidence?.kind).toBe('signed');
  });

  it('is nobody in particular where client and worker share no home', async () => {
    const apart = client({}, { osUserKey: null });
    expect(await claim(apart, statement, undefined)).toEqual({ by: 'bea', at: NOW, evidence: null });
    const said = await claim(client(), statement, undefined);
    const elsewhere = [worker({ osUserKey: null }), worker({ osUserKey: () => Promise.resolve(newOsUserKey()) })];
    for (const other of elsewhere)
      expect(await proved(said, statement, NOW, other)).toEqual({ name: 'bea', proof: 'claimed' });
  });

  it('is not another user, even for who can read the key of the home', async () => {
    const root = await claim(client({}, { osUser: 'root' }), statement, undefined);
    expect(await proved(root)).toEqual({ name: 'root', proof: 'claimed' });
  });
});

describe('evidence', () => {
  const changes: [string, Partial<Statement>][] = [
    ['the other decision', { verb: 'reject' }],
    ['another workflow', { workflowId: 'train-2' }],
    ['another run of it', { runId: 'run-2' }],
    ['the next question of the run', { question: 2 }],
    ['another model', { model: { ...statement.model, sha256: 'b'.repeat(64) } }],
    ['another version', { model: { ...statement.model, version: 4 } }],
    ['another reason', { because: 'looks  right' }],
  ];
  it.each(changes)('counts for no %s', async (_, change) => {
    const other = { ...statement, ...change } as Statement;
    const said = await claim(client({ ada }), statement, 'ada');
    await expect(proved(said, other)).rejects.toMatchObject(refused('not one of ada for this'));
    const user = await claim(client(), statement, undefined);
    expect(await proved(user, other)).toEqual({ name: 'bea', proof: 'claimed' });
  });

  it('counts for no other person and no other time', async () => {
    const said = await claim(client({ ada }), statement, 'ada');
    const again = { ...said, at: '2026-11-29T10:00:00.001Z' };
    await expect(proved(again)).rejects.toMatchObject(refused('not one of ada for this'));
    await expect(proved({ ...said, by: 'grace' })).rejects.toMatchObject(refused('grace has no key'));
    const forged = await claim(client({ ada: grace }), statement, 'ada');
    await expect(proved(forged)).rejects.toMatchObject(refused('not one of ada for this'));
    const unknown = await claim(client({ grace }), statement, 'grace');
    await expect(proved(unknown)).rejects.toMatchObject(refused('grace has no key in this registry'));
  });

  it.each(['2026-11-29T10:15:00.001Z', '2026-11-29T09:44:59.999Z', 'never'])('is too old or new at %s', async (at) => {
    for (const keys of [{ ada }, {}]) {
      const said = await claim(client(keys), statement, undefined);
      await expect(proved(said, statement, at)).rejects.toMatchObject(refused('more than 15 minutes'));
    }
    const said = await claim(client({ ada }), statement, undefined);
    expect(await proved(said, statement, '2026-11-29T10:14:59.000Z')).toMatchObject({ proof: 'signed' });
  });

  it('is for a text that no order of keys changes, and that no other statement has', async () => {
    const turned = Object.fromEntries(Object.entries(statement).reverse()) as unknown as Statement;
    const who = { by: 'ada', at: NOW };
    expect(textOf(turned, who)).toBe(textOf(statement, who));
    const texts = [statement, ...changes.map(([, change]) => ({ ...statement, ...change }) as Statement)];
    expect(new Set(texts.map((one) => textOf(one, who))).size).toBe(texts.length);
    const said = await claim(client({ ada }), statement, 'ada');
    expect(await proved(said, turned)).toEqual({ name: 'ada', proof: 'signed' });
  });

  it('never makes a rule of a person', async () => {
    const said = await claim(client({ [POLICY]: ada }), statement, POLICY);
    await expect(proved(said)).rejects.toMatchObject(refused('has no key'));
  });
});
