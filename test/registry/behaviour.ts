import { describe, expect, it } from 'vitest';
import type { ModelRegistry, Recordable, VersionDraft } from '../../src/registry/registry.js';
import { draftOf } from './draft.js';

const NAME = 'anemia-detection';
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

const judged = (digit: string, workflowId: string, gate: VersionDraft['gate']): VersionDraft => {
  const draft = draftOf(digit);
  return { ...draft, gate, lineage: { ...draft.lineage, workflowId } };
};

/** What every registry must do. `open` gives a fresh, empty one. */
export function registryBehaviour(name: string, open: () => Promise<ModelRegistry>) {
  describe(name, () => {
    it('is empty at first', async () => {
      const registry = await open();
      expect(await registry.models()).toEqual([]);
      expect(await registry.versions(NAME)).toEqual([]);
      expect(await registry.alias(NAME, 'champion')).toBeNull();
      expect(await registry.log(NAME)).toEqual([]);
    });

    it('numbers versions and gives the same one for the same model bytes', async () => {
      const registry = await open();
      const first = await registry.register(draftOf('a'));
      const second = await registry.register(draftOf('b'));
      expect([first.version, second.version]).toEqual([1, 2]);
      expect(await registry.register(draftOf('a'))).toEqual(first);
      expect(await registry.versions(NAME)).toEqual([first, second]);
      expect(await registry.version(NAME, 2)).toMatchObject(draftOf('b'));
      expect(await registry.models()).toEqual([NAME]);
    });

    it('keeps models apart', async () => {
      const registry = await open();
      await registry.register(draftOf('a'));
      expect((await registry.register(draftOf('a', 'other'))).version).toBe(1);
      expect(await registry.models()).toEqual([NAME, 'other']);
    });

    it('moves aliases and writes each move down once', async () => {
      const registry = await open();
      await registry.register(draftOf('a'));
      await registry.register(draftOf('b'));
      await registry.setAlias(NAME, promote(1));
      await registry.setAlias(NAME, promote(1));
      await registry.setAlias(NAME, promote(2));
      expect((await registry.alias(NAME, 'champion'))?.version).toBe(2);
      expect(await registry.alias(NAME, 'candidate')).toBeNull();
      const log = await registry.log(NAME);
      expect(log).toMatchObject([
        { event: 'alias', alias: 'champion', sequence: 1, version: 1, previous: null },
        { event: 'alias', alias: 'champion', sequence: 2, version: 2, previous: 1 },
      ]);
      expect(log[0]).toMatchObject({ by: 'train-1', reason: 'passed its gate' });
    });

    it('refuses an alias on a version that is not there', async () => {
      const registry = await open();
      await registry.register(draftOf('a'));
      await expect(registry.setAlias(NAME, promote(7))).rejects.toThrow('no version 7');
      expect(await registry.alias(NAME, 'champion')).toBeNull();
    });

    it('takes an alias away', async () => {
      const registry = await open();
      await registry.register(draftOf('a'));
      await registry.setAlias(NAME, promote(1));
      await registry.setAlias(NAME, { ...promote(1), version: null });
      expect(await registry.aliases(NAME)).toEqual(new Map());
    });

    it('appends a gate that judged differently and shows the latest verdict', async () => {
      const registry = await open();
      await registry.register(draftOf('a'));
      expect(await registry.log(NAME)).toEqual([]);
      const checks = [{ rule: 'not worse than version 2', passed: false, found: 'worse' }];
      const refused = judged('a', 'train-2', { passed: false, checks });
      expect((await registry.register(refused)).gate).toEqual({ passed: false, checks });
      await registry.register(refused);
      expect(await registry.versions(NAME)).toMatchObject([{ version: 1, gate: refused.gate, lineage: LINEAGE }]);
      expect((await registry.register(judged('a', 'train-2', { passed: true, checks: [] }))).gate.passed).toBe(true);
      const again = { event: 'gate', version: 1, run: 'train-2', by: 'train-2', reason: 'judged again' };
      expect(await registry.log(NAME)).toMatchObject([
        { ...again, passed: false, checks },
        { ...again, passed: true, checks: [] },
      ]);
    });

    it('shows the decisions on a version, oldest first', async () => {
      const registry = await open();
      const { decisions } = await registry.register(draftOf('a'));
      expect(decisions).toEqual([]);
      await registry.register(draftOf('b'));
      await registry.record(NAME, { ...DECISION, decision: 'rejected' });
      await registry.record(NAME, DECISION);
      const { by, reason, run } = DECISION;
      const common = { by, reason, run, at: expect.stringMatching(/Z$/) as string };
      const shown = [
        { ...common, decision: 'rejected' },
        { ...common, decision: 'approved' },
      ];
      expect((await registry.version(NAME, 1)).decisions).toEqual(shown);
      expect((await registry.versions(NAME)).map((version) => version.decisions)).toEqual([shown, []]);
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
      const registry = await open();
      await registry.register(draftOf('a'));
      await registry.register(draftOf('b'));
      for (const entry of [said, said, { ...said, by: 'another', reason: 'another' }, ...others])
        await registry.record(NAME, entry);
      await registry.record(NAME, others.at(-1)!);
      expect(await registry.log(NAME)).toMatchObject([said, ...others]);
    });

    it('does not mind in which order shares are told', async () => {
      const registry = await open();
      const { shares, ...rest } = traffic(90);
      await registry.record(NAME, { ...rest, shares });
      await registry.record(NAME, { ...rest, shares: [...shares].reverse() });
      expect(await registry.log(NAME)).toHaveLength(1);
    });

    it.each([GATE, DECISION, BACK])('refuses a $event event on a version that is not there', async (entry) => {
      const registry = await open();
      await registry.register(draftOf('a'));
      await expect(registry.record(NAME, { ...entry, version: 7 })).rejects.toThrow('no version 7');
      expect(await registry.log(NAME)).toEqual([]);
    });

    it('chains the entries', async () => {
      const registry = await open();
      await registry.register(draftOf('a'));
      for (const entry of [traffic(90), DECISION, BACK]) await registry.record(NAME, entry);
      const log = await registry.log(NAME);
      expect(log.map(({ sequence }) => sequence)).toEqual([1, 2, 3]);
      expect(log.map(({ previousHash }) => previousHash)).toEqual(['0'.repeat(64), log[0]?.hash, log[1]?.hash]);
    });
  });
}
