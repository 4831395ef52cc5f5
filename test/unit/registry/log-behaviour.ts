import { describe, expect, it } from 'vitest';
import { createApprovers } from '../../../src/registry/approvers.js';
import { APPROVERS_LOG } from '../../../src/registry/refusals.js';
import {
  BACK,
  DECISION,
  digestsOf,
  GATE,
  happenings,
  modelsOf,
  type Opened,
  promote,
  traffic,
} from './behaviour-input.js';

/** What the log of every registry must hold, and the log of its approvers. */
export function logBehaviour(open: () => Promise<Opened>) {
  it('keeps whose signatures count in a log of its own, which is no model', async () => {
    const opened = await open();
    const { registry, name, draftOf } = opened;
    await registry.register(draftOf('a'));
    const approvers = createApprovers(registry);
    const cause = { by: 'root', proof: 'os-user', reason: 'joined' } as const;
    const [first, second] = ['1', '2'].map((digit) => Buffer.alloc(32, name + digit).toString('base64')) as [
      string,
      string,
    ];
    const before = happenings(await approvers.log());
    await approvers.add(name, first, cause);
    await approvers.add(name, first, cause);
    expect(await approvers.find(name)).toMatchObject({ name, publicKey: first, cause });
    await expect(approvers.add(name, second, cause)).rejects.toThrow(`${name} has another key already`);
    await expect(approvers.add(name.toUpperCase(), second, cause)).rejects.toThrow('has another key already');
    await expect(approvers.add(`${name}-2`, first, cause)).rejects.toThrow(`the key of ${name} already`);
    await approvers.remove(name, cause);
    expect(await approvers.find(name)).toBeNull();
    await expect(approvers.remove(name, cause)).rejects.toThrow(`${name} has no key here`);
    await approvers.add(name, second, { by: 'root', reason: 'lost the first' });
    expect((await approvers.list()).filter((known) => known.name === name)).toMatchObject([{ publicKey: second }]);
    const log = happenings(await approvers.log()).slice(before.length);
    expect(log.map((entry) => entry.event === 'approver' && entry.publicKey)).toEqual([first, null, second]);
    expect(log.map(({ proof }) => proof)).toEqual(['os-user', 'os-user', undefined]);
    expect(await modelsOf(opened)).toEqual([name]);
    expect(await registry.models()).not.toContain(APPROVERS_LOG);

    const enrolled = { event: 'approver', name, publicKey: first, ...cause } as const;
    await expect(registry.record(name, enrolled)).rejects.toThrow('a log of their own');
    await expect(registry.record(APPROVERS_LOG, traffic(90))).rejects.toThrow('a log of their own');
    await expect(registry.register(draftOf('a', APPROVERS_LOG))).rejects.toMatchObject({ type: 'DefinitionInvalid' });
  });

  it('chains the entries', async () => {
    const { registry, name, draftOf } = await open();
    await registry.register(draftOf('a'));
    for (const entry of [traffic(90), DECISION, BACK]) await registry.record(name, entry);
    const log = await registry.log(name);
    expect(log.map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4, 5]);
    expect(log.map(({ previousHash }) => previousHash)).toEqual([
      '0'.repeat(64),
      ...log.slice(0, -1).map(({ hash }) => hash),
    ]);
  });

  it('begins its log before the first version, which it registers with why its run began', async () => {
    const { registry, name, draftOf } = await open();
    const draft = draftOf('a');
    const { createdAt } = await registry.register(draft);
    await registry.register(draft);
    const log = await registry.log(name);
    expect(log).toMatchObject([
      { event: 'begun', sequence: 1, by: 'train-1' },
      { event: 'registered', sequence: 2, version: 1, run: 'train-1/run-1', reason: 'started by ada (OS user)' },
    ]);
    expect(log[1]).toMatchObject({ origin: draft.lineage.origin, digests: { 1: digestsOf(draft) }, at: createdAt });
  });

  it('says how far it is proved who began a log that a person began', async () => {
    const { registry, name } = await open();
    const forgotten = { event: 'forgotten', predictionSha256: 'a'.repeat(64), lines: 1, labels: 0 } as const;
    await registry.record(name, { ...forgotten, by: 'ada', proof: 'claimed', reason: 'asked' });
    const [first] = await registry.log(name);
    expect(first).toMatchObject({ event: 'begun', by: 'ada', proof: 'claimed' });
  });

  it('says in each entry what the versions are that it names', async () => {
    const { registry, name, draftOf } = await open();
    await registry.register(draftOf('a'));
    await registry.register(draftOf('b'));
    const shares = [1, 2, null, 9].map((version, i) => ({ version, functionVersion: String(i), percent: 25 }));
    for (const entry of [{ ...GATE, version: 2 }, DECISION, BACK, { ...traffic(90), shares }])
      await registry.record(name, entry);
    await registry.setAlias(name, promote(2));
    await registry.setAlias(name, { ...promote(2), version: null });
    const [one, two] = [digestsOf(draftOf('a')), digestsOf(draftOf('b'))];
    expect(happenings(await registry.log(name)).map(({ digests }) => digests)).toEqual([
      ...[{ 2: two }, { 1: one }, { 1: one }, { 1: one, 2: two }],
      ...[{ 2: two }, {}],
    ]);
  });
}

/** What every registry does about a version whose record is gone. */
export function lostRecordBehaviour(open: () => Promise<Opened>) {
  describe('a version whose record is gone', () => {
    const LOST = { version: 2, by: 'ada', reason: 'deleted' };
    const gone = (name: string) => ({
      type: 'RegistryUnusable',
      message: expect.stringContaining(`Version 2 of model ${name} was registered and is gone: restore `) as string,
    });
    /** Two versions, the second one champion and candidate, and gone. */
    async function withLost() {
      const opened = await open();
      const { registry, name, draftOf, lose } = opened;
      for (const digit of ['a', 'b']) await registry.register(draftOf(digit));
      for (const version of [1, 2]) await registry.setAlias(name, promote(version));
      await registry.setAlias(name, { ...promote(2), alias: 'candidate' });
      await lose(2);
      return opened;
    }

    it('is a failure that no retry mends, with what helps, wherever it is needed', async () => {
      const { registry, name, draftOf } = await withLost();
      const needed = [
        () => registry.version(name, 2),
        () => registry.alias(name, 'champion'),
        () => registry.setAlias(name, { ...promote(2), alias: 'champion@f:live' }),
        () => registry.record(name, { ...DECISION, version: 2 }),
      ];
      for (const use of needed) await expect(use()).rejects.toMatchObject(gone(name));
      expect((await registry.versions(name)).map(({ version }) => version)).toEqual([1]);
      expect((await registry.aliases(name)).get('champion')).toBe(2);
      // The same model again is a new version.
      expect((await registry.register(draftOf('b'))).version).toBe(3);
    });

    it('can be written off, which takes its aliases away; what never was or is there cannot', async () => {
      const { registry, name } = await withLost();
      for (let again = 0; again < 2; again++) await registry.writeOff(name, LOST);
      expect(await registry.aliases(name)).toEqual(new Map());
      expect(await registry.unregistered(name)).toEqual([]);
      expect(await registry.alias(name, 'champion')).toBeNull();
      expect(happenings(await registry.log(name)).at(-1)).toMatchObject({ event: 'written-off', ...LOST });
      expect((await registry.log(name)).filter(({ event }) => event === 'written-off')).toHaveLength(1);
      await expect(registry.version(name, 2)).rejects.toMatchObject({
        type: 'VersionMissing',
        message: expect.stringContaining('was written off') as string,
      });
      await registry.setAlias(name, promote(1));
      await expect(registry.writeOff(name, { ...LOST, version: 1 })).rejects.toMatchObject({
        type: 'RegistryUnusable',
        message: expect.stringContaining('is there') as string,
      });
      await expect(registry.writeOff(name, { ...LOST, version: 7 })).rejects.toMatchObject({
        type: 'VersionMissing',
      });
    });
  });
}
