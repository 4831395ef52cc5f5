import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ArtifactRef } from '../../../src/contracts/values.js';
import type { ArtifactStore, StepCache } from '../../../src/store/artifacts.js';
import { temporaryDirectory } from '../../support/temp.js';

const BYTES = Buffer.from('some bytes');
const SHA256 = '58e34cd5b40f3f4d3c9d4c1b1bb1f2d1a4f0e0f5'; // only its form matters for a reference that is not there

export interface StoreUnderTest {
  store: ArtifactStore & StepCache;
  /** Puts other bytes where the store keeps this artifact. */
  damage: (ref: ArtifactRef, bytes: Uint8Array) => Promise<void>;
}

/** What every artifact store must do. `fresh` gives a new, empty one. */
export function artifactStoreBehaviour(name: string, fresh: () => Promise<StoreUnderTest>) {
  const open = async () => (await fresh()).store;
  describe(name, () => {
    it('gives back what was put, under the hash of the bytes', async () => {
      const store = await open();
      const ref = await store.put(BYTES);
      expect(ref.bytes).toBe(BYTES.length);
      expect(ref.sha256).toMatch(/^[0-9a-f]{64}$/);
      expect(Buffer.from(await store.get(ref))).toEqual(BYTES);
      expect(await readFile(await store.localPath(ref))).toEqual(BYTES);
      expect(await store.put(BYTES)).toEqual(ref);
    });

    it('takes a file away and stores it', async () => {
      const store = await open();
      const path = join(await temporaryDirectory(), 'file');
      await writeFile(path, BYTES);
      const ref = await store.putFile(path);
      expect(ref).toEqual(await store.put(BYTES));
      await expect(readFile(path)).rejects.toThrow('ENOENT');
    });

    it('detects a flipped byte before use and heals it on the next put', async () => {
      const { store, damage } = await fresh();
      const ref = await store.put(BYTES);
      const flipped = Buffer.from(BYTES);
      flipped[3]! ^= 1;
      await damage(ref, flipped);
      await expect(store.get(ref)).rejects.toMatchObject({ type: 'ArtifactCorrupt' });
      await expect(store.localPath(ref)).rejects.toMatchObject({ type: 'ArtifactCorrupt' });
      expect(await store.has(ref)).toBe(false);
      await store.put(BYTES);
      expect(Buffer.from(await store.get(ref))).toEqual(BYTES);
      expect(await readFile(await store.localPath(ref))).toEqual(BYTES);
    });

    it('names an artifact that is gone', async () => {
      const store = await open();
      const ref = await store.put(BYTES);
      const gone = {
        ...ref,
        sha256: SHA256.padEnd(64, '0'),
        uri: ref.uri.replaceAll(ref.sha256, SHA256.padEnd(64, '0')),
      };
      await expect(store.get(gone)).rejects.toMatchObject({ type: 'ArtifactCorrupt' });
      await expect(store.localPath(gone)).rejects.toMatchObject({ type: 'ArtifactCorrupt' });
      expect(await store.has(gone)).toBe(false);
    });

    it('reads by hash alone, wherever a reference says the bytes are', async () => {
      const store = await open();
      const ref = await store.put(BYTES);
      expect(Buffer.from(await store.get({ ...ref, uri: 'file:///etc/hostname' }))).toEqual(BYTES);
      const climbing = { ...ref, sha256: '../../secret' };
      await expect(store.get(climbing)).rejects.toMatchObject({ type: 'ArtifactCorrupt' });
      expect(await store.has(climbing)).toBe(false);
    });

    it('removes scratch space also when its user fails', async () => {
      const store = await open();
      let seen = '';
      const failing = store.withScratch(async (directory) => {
        seen = directory;
        await writeFile(join(directory, 'partial'), BYTES);
        throw new Error('half way');
      });
      await expect(failing).rejects.toThrow('half way');
      await expect(readdir(seen)).rejects.toThrow('ENOENT');
    });

    it('remembers steps, and knows nothing of others', async () => {
      const store = await open();
      await store.write('a'.repeat(64), { rows: 3 });
      expect(await store.read('a'.repeat(64))).toEqual({ rows: 3 });
      expect(await store.read('b'.repeat(64))).toBeNull();
    });
  });
}
