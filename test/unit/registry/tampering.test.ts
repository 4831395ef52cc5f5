import { describe, expect, it } from 'vitest';
import { recordOf } from '../../../src/registry/stored-registry.js';
import { draftOf } from './draft.js';
import { newLogKey } from './log-key.js';
import { change, forged, HEAD, KINDS, LOG, NAME, seven, tampered } from './kept-logs.js';

describe.each(KINDS)('a log in %s that was tampered with', (_, open) => {
  it.each<[string, string, (lines: string[]) => string[] | Promise<string[]>]>([
    ['a byte in a middle line', 'line 5 .* own hash', (lines) => lines.with(4, lines[4]!.replace('"x"', '"y"'))],
    ['a space that JSON ignores', 'line 5 .* writer', (lines) => lines.with(4, lines[4]!.replace(':', ': '))],
    ['a line that is no JSON', 'line 5 .* JSON', (lines) => lines.with(4, lines[4]!.slice(1))],
    ['a line that is null', 'line 5 .* JSON', (lines) => lines.with(4, 'null')],
    ['no middle line', 'line 5 .* entry 6', (lines) => lines.toSpliced(4, 1)],
    ['no last two lines', 'line 6 .* JSON|line 6 .* missing', (lines) => lines.slice(0, -2)],
    ['no line', 'line 1 .* missing', () => []],
    ['two lines swapped', 'line 5 .* entry 6', (lines) => lines.with(4, lines[5]!).with(5, lines[4]!)],
    ['an entry repeated', 'line 8 .* entry 7', (lines) => [...lines, lines.at(-1)!]],
    ['an entry by hand', 'line 8 .* before', (lines) => [...lines, '{"sequence":8,"version":1,"hash":"0"}']],
    ['an entry that fits', 'line 8 .* no head', async (lines) => [...lines, await forged(lines[6]!)]],
    ['another last line that fits', 'line 7 .* head', async (lines) => lines.with(6, await forged(lines[5]!))],
    ['an entry without a signature', 'line 7 .* signature', (lines) => lines.with(6, unsigned(lines[6]!))],
  ])('is noticed: %s', async (_what, found, edit) => {
    const { registry, lines, write } = await seven(open);
    await write(await edit(await lines()));
    const changed = await lines();
    const failure = tampered(found);
    await expect(registry.log(NAME)).rejects.toMatchObject(failure);
    await expect(registry.version(NAME, 1)).rejects.toMatchObject(failure);
    await expect(registry.setAlias(NAME, change(null))).rejects.toMatchObject(failure);
    expect(await lines()).toEqual(changed);
  });

  it('is noticed when the head file went or is another', async () => {
    const { registry, records, lines } = await seven(open);
    const head = await records.read(HEAD);
    await records.remove(HEAD);
    await expect(registry.log(NAME)).rejects.toMatchObject(tampered('no head says so'));
    for (const text of ['{', '{"sequence":"7","hash":"0"}', '{"sequence":2,"hash":"0"}', '{"sequence":7,"hash":"0"}']) {
      await records.write(HEAD, text);
      await expect(registry.log(NAME)).rejects.toMatchObject(tampered());
    }
    for (const line of [(await lines())[5]!, head.replace('"value":"', '"value":"A')]) {
      await records.write(HEAD, line);
      await expect(registry.log(NAME)).rejects.toMatchObject(tampered());
    }
  });

  it.each([
    ['with the signature of the entry before', undefined, 'no valid signature'],
    ['by another key', newLogKey(), 'signed by key [0-9a-f]{64}, and the key of this store is [0-9a-f]{64}'],
  ])('is noticed when log and head both have an entry %s', async (_what, key, found) => {
    const { registry, records, lines, write } = await seven(open);
    const line = await forged((await lines())[6]!, key);
    await write([...(await lines()), line]);
    await records.write(HEAD, `${line}\n`);
    await expect(registry.log(NAME)).rejects.toMatchObject(tampered(`line 8 .* ${found}`));
  });

  it('is noticed when log and head are those of another model', async () => {
    const { registry, records } = await seven(open);
    const other = `${NAME}-2`;
    await registry.register(draftOf('c', other));
    for (const file of [LOG, HEAD]) await records.write(`../${other}/${file}`, await records.read(file));
    await expect(registry.log(other)).rejects.toMatchObject({ type: 'LogTampered' });
    expect(await registry.log(NAME)).toHaveLength(7);
  });

  it('is noticed when versions are there and log and head are gone', async () => {
    const { registry, records } = await seven(open);
    for (const file of [LOG, HEAD]) await records.remove(file);
    const failure = tampered('empty though 2 versions are there');
    await expect(registry.log(NAME)).rejects.toMatchObject(failure);
    await expect(registry.versions(NAME)).rejects.toMatchObject(failure);
    await expect(registry.register(draftOf('c'))).rejects.toMatchObject(failure);
  });
});

const unsigned = (line: string) => line.replace(/,"signature":.*/, ',"signature":{}}');

describe.each(KINDS)('a writer to %s that was killed', (_, open) => {
  it('between head and log has appended: the entry counts, and the next one puts it there', async () => {
    const { registry, lines, write } = await seven(open);
    const log = await registry.log(NAME);
    const all = await lines();
    await write(all.slice(0, -1));
    expect(await registry.log(NAME)).toEqual(log);
    expect(await registry.aliases(NAME)).toEqual(new Map([['champion', 2]]));
    await registry.setAlias(NAME, change(1));
    expect((await lines()).slice(0, -1)).toEqual(all);
    expect(await registry.log(NAME)).toHaveLength(8);
  });

  it('between head and log of the first entry is made up for too', async () => {
    const fresh = await open();
    await fresh.registry.register(draftOf('a'));
    const first = (await fresh.read(LOG)).split('\n')[0]!;
    await fresh.remove(LOG);
    await fresh.remove('versions/1.json');
    await fresh.write(HEAD, `${first}\n`);
    expect(await fresh.registry.log(NAME)).toMatchObject([{ event: 'begun' }]);
    await fresh.registry.register(draftOf('b'));
    expect(await fresh.registry.log(NAME)).toHaveLength(2);
    expect((await fresh.read(LOG)).split('\n')[0]).toBe(first);
  });

  it('between record and log has registered nothing: the next try takes its record, another one leaves it', async () => {
    const { registry, records } = await seven(open);
    const ofDraft = (digit: string, version: number) => recordOf({ ...draftOf(digit), version });
    await records.write('versions/3.json', ofDraft('c', 3));
    expect((await registry.versions(NAME)).map(({ version }) => version)).toEqual([1, 2]);
    expect((await registry.register(draftOf('d'))).version).toBe(4);
    expect((await registry.register(draftOf('c'))).version).toBe(3);
    expect((await registry.versions(NAME)).map(({ version }) => version)).toEqual([1, 2, 3, 4]);
  });
});
