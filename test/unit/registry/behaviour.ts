import { describe, expect, it } from 'vitest';
import { createApprovers } from '../../../src/registry/approvers.js';
import { APPROVERS_LOG } from '../../../src/registry/refusals.js';
import type { LogEntry, ModelRegistry, Recordable, VersionDraft } from '../../../src/registry/registry.js';

const promote = (version: number) =>
  ({ alias: 'champion', version, by: 'train-1', reason: 'passed its gate' }) as const;
const LINEAGE = { workflowId: 'train-1' };
const CAUSE = { by: 'someone', reason: 'looks good', run: 'train-2' } as const;
const GATE = { event: 'gate', version: 1, passed: false, checks: [], ...CAUSE } satisfies Recordable;
const DECISION = { event: 'decision', version: 1, decision: 'approved', ...CAUSE } satisfies Recordable;
const BACK = { event: 'rolled-back', version: 1, target: 'anemia:live', ...CAUSE } satisfies Recordable;
const traffic = (percent: number) =>
  ({
    event: 'traffic',
    target: 'anemia:live',
    by: 'someone',
    reason: 'canary',
    shares: [
      { version: 1, functionVersion: '4', percent },
      { version: null, functionVersion: '5', percent: 100 - percent },
    ],
  }) satisfies Recordable;

const judged = (draft: VersionDraft, workflowId: string, gate: VersionDraft['gate']): VersionDraft => ({
  ...draft,
  gate,
  lineage: { ...draft.lineage, workflowId },
});

/** What a version is that was registered from this draft. */
const digestsOf = ({ model }: VersionDraft) => ({
  model: model.sha256,
  record: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
});

/** A log without how it began and which versions were registered. */
const happenings = (log: LogEntry[]) => log.filter(({ event }) => event !== 'begun' && event !== 'registered');

/** What a test of the behaviour works with. */
export interface Opened {
  registry: ModelRegistry;
  /** Name of a model that nobody has used; names that begin with it are free, too. */
  name: string;
  /** A version whose model bytes depend on the digit alone, and whose artifacts the registry can find. */
  draftOf: (digit: string, name?: string) => VersionDraft;
  /** Takes a version's record away behind the registry's back. */
  lose: (version: number) => Promise<unknown>;
}

/** What every registry must do. `open` may give one that others use, with other names. */
export function registryBehaviour(title: string, open: () => Promise<Opened>) {
  describe(title, () => {
    const modelsOf = async ({ registry, name }: Opened) =>
      (await registry.models()).filter((known) => known.startsWith(name));

    it('is empty at first', async () => {
      const opened = await open();
      const { registry, name } = opened;
      expect(await modelsOf(opened)).toEqual([]);
      expect(await registry.versions(name)).toEqual([]);
      expect(await registry.alias(name, 'champion')).toBeNull();
      expect(await registry.log(name)).toEqual([]);
    });

    it('numbers versions and gives the same one for the same model bytes', async () => {
      const opened = await open();
      const { registry, name, draftOf } = opened;
      const first = await registry.register(draftOf('a'));
      const second = await registry.register(draftOf('b'));
      expect([first.version, second.version]).toEqual([1, 2]);
      expect(await registry.register(draftOf('a'))).toEqual(first);
      expect(await registry.versions(name)).toEqual([first, second]);
      expect(await registry.version(name, 2)).toMatchObject(draftOf('b'));
      expect(await modelsOf(opened)).toEqual([name]);
    });

    it('keeps models apart', async () => {
      const opened = await open();
      const { registry, name, draftOf } = opened;
      await registry.register(draftOf('a'));
      const other = `${name}-other`;
      expect((await registry.register(draftOf('a', other))).version).toBe(1);
      expect(await modelsOf(opened)).toEqual([name, other]);
    });

    it('moves aliases and writes each move down once', async () => {
      const { registry, name, draftOf } = await open();
      await registry.register(draftOf('a'));
      await registry.register(draftOf('b'));
      await registry.setAlias(name, promote(1));
      await registry.setAlias(name, promote(1));
      await registry.setAlias(name, promote(2));
      expect((await registry.alias(name, 'champion'))?.version).toBe(2);
      expect(await registry.alias(name, 'candidate')).toBeNull();
      const log = happenings(await registry.log(name));
      expect(log).toMatchObject([
        { event: 'alias', alias: 'champion', sequence: 4, version: 1, previous: null },
        { event: 'alias', alias: 'champion', sequence: 5, version: 2, previous: 1 },
      ]);
      expect(log[0]).toMatchObject({ by: 'train-1', reason: 'passed its gate' });
    });

    it('refuses an alias on a version that is not there', async () => {
      const { registry, name, draftOf } = await open();
      await registry.register(draftOf('a'));
      await expect(registry.setAlias(name, promote(7))).rejects.toThrow('no version 7');
      expect(await registry.alias(name, 'champion')).toBeNull();
    });

    it('takes an alias away', async () => {
      const { registry, name, draftOf } = await open();
      await registry.register(draftOf('a'));
      await registry.setAlias(name, promote(1));
      await registry.setAlias(name, { ...promote(1), version: null });
      expect(await registry.aliases(name)).toEqual(new Map());
    });

    it('appends a gate that judged differently and shows the latest verdict', async () => {
      const { registry, name, draftOf } = await open();
      await registry.register(draftOf('a'));
      expect(happenings(await registry.log(name))).toEqual([]);
      const checks = [{ rule: 'not worse than version 2', passed: false, found: 'worse' }];
      const refused = judged(draftOf('a'), 'train-2', { passed: false, checks });
      expect((await registry.register(refused)).gate).toEqual({ passed: false, checks });
      await registry.register(refused);
      expect(await registry.versions(name)).toMatchObject([{ version: 1, gate: refused.gate, lineage: LINEAGE }]);
      expect((await registry.register(judged(draftOf('a'), 'train-2', { passed: true, checks: [] }))).gate.passed).toBe(
        true,
      );
      const again = { event: 'gate', version: 1, run: 'train-2', by: 'train-2', reason: 'judged again' };
      expect(happenings(await registry.log(name))).toMatchObject([
        { ...again, passed: false, checks },
        { ...again, passed: true, checks: [] },
      ]);
    });

    it('shows the decisions on a version, oldest first', async () => {
      const { registry, name, draftOf } = await open();
      const { decisions } = await registry.register(draftOf('a'));
      expect(decisions).toEqual([]);
      await registry.register(draftOf('b'));
      await registry.record(name, { ...DECISION, decision: 'rejected' });
      await registry.record(name, { ...DECISION, proof: 'signed' });
      const { by, reason, run } = DECISION;
      const common = { by, reason, run, at: expect.stringMatching(/Z$/) as string, digests: digestsOf(draftOf('a')) };
      const shown = [
        { ...common, decision: 'rejected', proof: null },
        { ...common, decision: 'approved', proof: 'signed' },
      ];
      expect((await registry.version(name, 1)).decisions).toEqual(shown);
      expect((await registry.versions(name)).map((version) => version.decisions)).toEqual([shown, []]);
      expect((await registry.register(draftOf('a'))).decisions).toEqual(shown);
    });

    it.each<[string, Recordable, Recordable[]]>([
      [
        'gate',
        GATE,
        [
          { ...GATE, run: 'train-3' },
          { ...GATE, version: 2 },
        ],
      ],
      [
        'decision',
        DECISION,
        [
          { ...DECISION, decision: 'rejected' },
          { ...DECISION, run: 'x' },
          { ...DECISION, version: 2 },
        ],
      ],
      [
        'rolled-back',
        BACK,
        [
          { ...BACK, target: 'anemia:canary' },
          { ...BACK, run: 'x' },
          { ...BACK, version: 2 },
        ],
      ],
      ['traffic', traffic(90), [{ ...traffic(90), target: 'anemia:canary' }, traffic(80), traffic(90)]],
    ])('records a %s event once, and what differs from it', async (_, said, others) => {
      const { registry, name, draftOf } = await open();
      await registry.register(draftOf('a'));
      await registry.register(draftOf('b'));
      for (const entry of [said, said, { ...said, by: 'another', reason: 'another' }, ...others])
        await registry.record(name, entry);
      await registry.record(name, others.at(-1)!);
      expect(happenings(await registry.log(name))).toMatchObject([said, ...others]);
    });

    it('does not mind in which order shares are told', async () => {
      const { registry, name } = await open();
      const { shares, ...rest } = traffic(90);
      await registry.record(name, { ...rest, shares });
      await registry.record(name, { ...rest, shares: [...shares].reverse() });
      expect(happenings(await registry.log(name))).toHaveLength(1);
    });

    it.each([GATE, DECISION, BACK])('refuses a $event event on a version that is not there', async (entry) => {
      const { registry, name, draftOf } = await open();
      await registry.register(draftOf('a'));
      const failure = { type: 'VersionMissing', message: expect.stringContaining('no version 7') as string };
      await expect(registry.record(name, { ...entry, version: 7 })).rejects.toMatchObject(failure);
      expect(happenings(await registry.log(name))).toEqual([]);
    });

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
  });
}
