import { describe, expect, it } from 'vitest';
import { recordOf } from '../../../src/registry/stored-registry.js';
import { draftOf } from './draft.js';
import { change, KINDS, NAME, seven, tampered } from './kept-logs.js';

describe.each(KINDS)('a record in %s', (_, open) => {
  it('of a version that points at another model is tampering, whatever is asked but the log itself', async () => {
    const { registry, records } = await seven(open);
    const one = await records.read('versions/1.json');
    const pointed = one.replaceAll('a'.repeat(64), 'c'.repeat(64));
    expect(pointed).not.toBe(one);
    await records.write('versions/1.json', pointed);
    const failure = tampered('Version 1 .* its record is not what the log says');
    await expect(registry.version(NAME, 1)).rejects.toMatchObject({ type: failure.type });
    await expect(registry.versions(NAME)).rejects.toThrow(
      `Version 1 of model ${NAME} was tampered with: its record is not what the log says was registered; restore versions/1.json from a backup (what serves keeps serving).`,
    );
    await expect(registry.setAlias(NAME, change(1))).rejects.toMatchObject({ type: 'LogTampered' });
    await expect(
      registry.record(NAME, { event: 'decision', version: 1, decision: 'approved', run: 'r', by: 'x', reason: 'y' }),
    ).rejects.toMatchObject({ type: 'LogTampered' });
    await expect(registry.register(draftOf('a'))).rejects.toMatchObject({ type: 'LogTampered' });
    expect((await registry.alias(NAME, 'champion'))?.version).toBe(2);
  });

  it('that is that of another version is tampering', async () => {
    const { registry, records } = await seven(open);
    await records.write('versions/1.json', await records.read('versions/2.json'));
    await expect(registry.version(NAME, 1)).rejects.toMatchObject({ type: 'LogTampered' });
  });

  it.each(['{"version":1', '1', 'null', ''])('of a version that is %j is told of, without its text', async (text) => {
    const { registry, records } = await seven(open);
    await records.write('versions/1.json', text);
    await expect(registry.versions(NAME)).rejects.toMatchObject({
      type: 'LogTampered',
      message: expect.stringContaining('restore versions/1.json from a backup') as string,
    });
    expect((await registry.version(NAME, 2)).version).toBe(2);
  });

  it('that the log does not have is told of, and one of a version that was written off', async () => {
    const { registry, records } = await seven(open);
    expect(await registry.unregistered(NAME)).toEqual([]);
    for (const version of [7, 12, 3])
      await records.write(`versions/${version}.json`, recordOf({ ...draftOf('e'), version }));
    expect(await registry.unregistered(NAME)).toEqual([3, 7, 12]);
    const second = await records.read('versions/2.json');
    await records.remove('versions/2.json');
    await registry.writeOff(NAME, { version: 2, by: 'x', reason: 'y' });
    expect(await registry.unregistered(NAME)).toEqual([3, 7, 12]);
    await records.write('versions/2.json', second);
    expect(await registry.unregistered(NAME)).toEqual([2, 3, 7, 12]);
    expect((await registry.versions(NAME)).map(({ version }) => version)).toEqual([1]);
  });

  it('that is none of ours is left alone', async () => {
    const { registry, records } = await seven(open);
    for (const file of ['versions/note.txt', 'versions/3.json.bak', 'note.txt']) await records.write(file, 'x');
    expect((await registry.versions(NAME)).map(({ version }) => version)).toEqual([1, 2]);
    expect(await registry.models()).toEqual([NAME]);
  });
});
