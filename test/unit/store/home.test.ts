import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkBucket, checkHome, HOME_FORMAT, settleBucket, settleHome } from '../../../src/store/home.js';
import { createMemoryObjects } from '../../../src/testing/memory-objects.js';
import { temporaryDirectory } from '../../support/temp.js';

const VERSION = '9.9.9';

/** A home with this file of its format, `null` for none. */
async function homeWith(format: string | null): Promise<string> {
  const home = await temporaryDirectory();
  if (format !== null) await writeFile(join(home, 'format.json'), format);
  return home;
}

describe('the format of a home', () => {
  it('is numbered when the home is made, and read from then on', async () => {
    const home = join(await temporaryDirectory(), 'home');
    expect(await checkHome(home, VERSION)).toBe('new');
    await settleHome(home, VERSION);
    const text = await readFile(join(home, 'format.json'), 'utf8');
    expect(JSON.parse(text)).toEqual({ format: HOME_FORMAT, version: VERSION });
    await settleHome(home, '10.0.0');
    expect(await checkHome(home, '10.0.0')).toBe('numbered');
    expect(await readFile(join(home, 'format.json'), 'utf8')).toBe(text);
  });

  it.each([
    [
      `{"format":${HOME_FORMAT + 1},"version":"12.0.0"}`,
      'made by version 12.0.0, and version 9.9.9',
      '12.0.0 or a later',
    ],
    ['{"format":0,"version":"1.0.0"}', 'has no readable format.json', 'from a backup'],
    ['no JSON', 'has no readable format.json', 'from a backup'],
    [`{"format":1,"version":"\\u001b[2J"}`, 'has no readable format.json', 'from a backup'],
  ])('that is another one is said to be that: %s', async (format, found, remedy) => {
    const home = await homeWith(format);
    for (const act of [checkHome, settleHome])
      await expect(act(home, VERSION)).rejects.toMatchObject({
        type: 'StorageUnusable',
        message: expect.stringMatching(new RegExp(`${found}.*${remedy}.*mv ${home} ${home}.before`)) as string,
      });
  });

  it('of a store that has an id and no number is refused', async () => {
    const home = await homeWith(null);
    await mkdir(join(home, 'keys'));
    await writeFile(join(home, 'keys', 'store-id'), 'one');
    await expect(settleHome(home, VERSION)).rejects.toThrow(
      'has no format number, as those made before there were any',
    );
    expect(await readFile(join(home, 'format.json'), 'utf8').catch(() => null)).toBeNull();
  });
});

describe('the format of a bucket', () => {
  const URI = 's3://models/anemia';
  const bytesOf = (text: string) => new TextEncoder().encode(text);
  const textIn = (objects: ReturnType<typeof createMemoryObjects>) =>
    new TextDecoder().decode(objects.all.get('format.json'));

  it('is numbered when its first worker starts, and read from then on', async () => {
    const objects = createMemoryObjects();
    expect(await checkBucket(URI, objects, VERSION)).toBe('new');
    expect(objects.all.size).toBe(0); // who only looks writes nothing
    await settleBucket(URI, objects, VERSION);
    expect(JSON.parse(textIn(objects))).toEqual({ format: HOME_FORMAT, version: VERSION });
    objects.all.set('keys/store-id', bytesOf('one'));
    await settleBucket(URI, objects, '10.0.0');
    expect(JSON.parse(textIn(objects))).toEqual({ format: HOME_FORMAT, version: VERSION });
    expect(await checkBucket(URI, objects, '10.0.0')).toBe('numbered');
  });

  it.each([
    [
      `{"format":${HOME_FORMAT + 1},"version":"12.0.0"}`,
      `has format ${HOME_FORMAT + 1}, made by version 12.0.0`,
      '12.0.0 or a later',
    ],
    ['no JSON', 'has no readable format.json', 'from a backup'],
    [null, 'has no format number, as those made before there were any', 'use the version that made it'],
  ])('that is another one is said to be that: %s', async (format, found, remedy) => {
    const objects = createMemoryObjects();
    objects.all.set('keys/store-id', bytesOf('one'));
    if (format !== null) objects.all.set('format.json', bytesOf(format));
    const before = [...objects.all];
    for (const act of [checkBucket, settleBucket])
      await expect(act(URI, objects, VERSION)).rejects.toMatchObject({
        type: 'StorageUnusable',
        message: expect.stringMatching(
          new RegExp(`^The bucket ${URI} ${found}.*${remedy}.*another prefix in MLOPS_STORAGE`),
        ) as string,
      });
    expect([...objects.all]).toEqual(before);
  });

  it('is that of the faster of two first workers', async () => {
    const objects = createMemoryObjects();
    const later = { ...objects };
    // Another version writes its number between this one's look and its own.
    later.put = async (key, _bytes, condition) => {
      await objects.put(key, bytesOf('{"format":99,"version":"99.0.0"}'), 'always');
      return objects.put(key, bytesOf('{}'), condition);
    };
    await expect(settleBucket(URI, later, VERSION)).rejects.toThrow('has format 99, made by version 99.0.0');
  });

  it('is not missed where a first start is seen half way', async () => {
    const objects = createMemoryObjects();
    let looks = 0;
    const seen = { ...objects };
    seen.get = async (key) => {
      const found = await objects.get(key);
      if (key === 'format.json' && ++looks === 1) {
        await settleBucket(URI, objects, VERSION);
        objects.all.set('keys/store-id', bytesOf('one'));
      }
      return found;
    };
    expect(await checkBucket(URI, seen, VERSION)).toBe('numbered');
  });
});
