import { describe, expect, it } from 'vitest';
import type { ModelRegistry } from '../../src/registry/registry.js';
import { draftOf } from './draft.js';

const NAME = 'anemia-detection';
const promote = (version: number) =>
  ({ alias: 'champion', version, by: 'train-1', reason: 'passed its gate' }) as const;

/** What every registry must do. `open` gives a fresh, empty one. */
export function registryBehaviour(name: string, open: () => Promise<ModelRegistry>) {
  describe(name, () => {
    it('is empty at first', async () => {
      const registry = await open();
      expect(await registry.models()).toEqual([]);
      expect(await registry.versions(NAME)).toEqual([]);
      expect(await registry.alias(NAME, 'champion')).toBeNull();
      expect(await registry.promotions(NAME)).toEqual([]);
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
      const log = await registry.promotions(NAME);
      expect(log.map(({ sequence, version, previous }) => [sequence, version, previous])).toEqual([
        [1, 1, null],
        [2, 2, 1],
      ]);
      expect(log[0]).toMatchObject({ by: 'train-1', reason: 'passed its gate' });
    });

    it('refuses an alias on a version that is not there', async () => {
      const registry = await open();
      await registry.register(draftOf('a'));
      await expect(registry.setAlias(NAME, promote(7))).rejects.toThrow('no version 7');
      expect(await registry.alias(NAME, 'champion')).toBeNull();
    });
  });
}
