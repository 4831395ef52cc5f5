import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Objects } from '../../../src/store/objects.js';
import { temporaryDirectory } from '../../support/temp.js';

const bytes = (text: string) => Buffer.from(text);

const NAMES = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];

/** What every folder of objects must do. `open` gives a fresh, empty one. */
export function objectsBehaviour(name: string, open: () => Promise<Objects>) {
  describe(name, () => {
    it('gives back what was put, and nothing for what is not there', async () => {
      const objects = await open();
      const tag = await objects.put('a/b c+d.json', bytes('one'), 'always');
      expect(await objects.get('a/b c+d.json')).toEqual({ bytes: new Uint8Array(bytes('one')), tag });
      expect(await objects.size('a/b c+d.json')).toBe(3);
      expect(await objects.get('a')).toBeNull();
      expect(await objects.size('a')).toBeNull();
      await expect(read(objects, 'a')).rejects.toMatchObject({ type: 'ArtifactCorrupt' });
      await objects.put('empty', new Uint8Array(), 'always');
      expect(await objects.size('empty')).toBe(0);
    });

    it('writes when absent once', async () => {
      const objects = await open();
      expect(await objects.put('claim', bytes('first'), 'when-absent')).not.toBeNull();
      expect(await objects.put('claim', bytes('second'), 'when-absent')).toBeNull();
      expect(await text(objects, 'claim')).toBe('first');
    });

    it('writes over the state that was read, and over no other', async () => {
      const objects = await open();
      const first = (await objects.put('head', bytes('1'), 'always'))!;
      const second = (await objects.put('head', bytes('2'), { whenTag: first }))!;
      expect(await objects.put('head', bytes('3'), { whenTag: first })).toBeNull();
      expect(await text(objects, 'head')).toBe('2');
      expect((await objects.get('head'))!.tag).toBe(second);
      expect(await objects.put('gone', bytes('1'), { whenTag: first })).toBeNull();
      expect(await objects.get('gone')).toBeNull();
    });

    it('lets one of many writers at once through', async () => {
      const objects = await open();
      const writes = Array.from({ length: 8 }, (_, i) => objects.put('race', bytes(`writer ${i}`), 'when-absent'));
      const won = (await Promise.all(writes)).map((tag, i) => ({ tag, i })).filter(({ tag }) => tag !== null);
      expect(won).toHaveLength(1);
      expect(await text(objects, 'race')).toBe(`writer ${won[0]!.i}`);
    });

    it('lets every one of many that change what they read change it', async () => {
      const objects = await open();
      await objects.put('names', bytes(''), 'always');
      const add = async (name: string): Promise<void> => {
        const { bytes: found, tag } = (await objects.get('names'))!;
        if ((await objects.put('names', Buffer.concat([found, bytes(name)]), { whenTag: tag })) === null)
          await add(name);
      };
      await Promise.all(NAMES.map(add));
      const named = await text(objects, 'names');
      expect(named).toHaveLength(NAMES.length);
      for (const name of NAMES) expect(named).toContain(name);
    });

    it('tells sizes and times of what it lists', async () => {
      const objects = await open();
      const before = Date.now() - 2000; // S3 tells whole seconds
      await objects.put('m/1.json', bytes('one'), 'always');
      await objects.put('n', bytes('two'), 'always');
      const entries = await objects.entries('m');
      expect(entries).toEqual([{ key: 'm/1.json', bytes: 3, modified: expect.any(Number) as number }]);
      expect(entries[0]!.modified).toBeGreaterThan(before);
      expect(entries[0]!.modified).toBeLessThan(before + 60_000);
    });

    it('adds to the end where it can, whoever else writes', async () => {
      const objects = await open();
      if (objects.append === null) return;
      await objects.append('lines', bytes('0\n'));
      const { tag } = (await objects.get('lines'))!;
      await Promise.all([1, 2, 3, 4].map((i) => objects.append!('lines', bytes(`${i}\n`))));
      expect((await text(objects, 'lines')).split('\n').sort().join('')).toBe('01234');
      expect(await objects.put('lines', bytes(''), { whenTag: tag })).toBeNull();
    });

    it('lists keys by their start, over pages, in order', async () => {
      const objects = await open();
      const keys = Array.from({ length: 8 }, (_, i) => `m/${i}.json`);
      for (const key of [...keys, 'n/1.json'].reverse()) await objects.put(key, bytes(key), 'always');
      expect(await objects.list('m/')).toEqual(keys);
      expect(await objects.list('')).toEqual([...keys, 'n/1.json']);
      expect(await objects.list('nothing/')).toEqual([]);
      await objects.delete('m/0.json');
      await objects.delete('m/0.json');
      expect(await objects.list('m/')).toEqual(keys.slice(1));
    });

    it('takes files of any size, in parts where they are large', async () => {
      const objects = await open();
      const path = join(await temporaryDirectory(), 'large');
      const large = randomBytes(20 << 20);
      await writeFile(path, large);
      await objects.putFile('large', path);
      expect((await read(objects, 'large')).equals(large)).toBe(true);
      expect((await readFile(path)).equals(large)).toBe(true);
      await writeFile(path, 'small');
      await objects.putFile('small', path);
      expect(await text(objects, 'small')).toBe('small');
    });
  });
}

export async function read(objects: Objects, key: string): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const part of objects.open(key)) parts.push(part);
  return Buffer.concat(parts);
}

const text = async (objects: Objects, key: string) => Buffer.from((await objects.get(key))!.bytes).toString();
