import { describe, expect, it } from 'vitest';
import type { Recordable } from '../../../src/registry/registry.js';
import { logBehaviour, lostRecordBehaviour } from './log-behaviour.js';
import {
  BACK,
  DECISION,
  digestsOf,
  GATE,
  happenings,
  judged,
  LINEAGE,
  type Opened,
  promote,
  traffic,
  modelsOf,
} from './behaviour-input.js';

/** What every registry must do. `open` may give one that others use, with other names. */
export function registryBehaviour(title: string, open: () => Promise<Opened>) {
  describe(title, () => {
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

    logBehaviour(open);
    lostRecordBehaviour(open);
  });
}
