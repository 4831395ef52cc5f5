import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Objects } from '../../src/store/objects.js';
import { temporaryDirectory } from '../support/temp.js';

const bytes = (text: string) => Buffer.from(text);

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
