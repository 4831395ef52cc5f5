import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { signedText } from '../../../src/registry/chain.js';
import type { LogKey } from '../../../src/registry/log-key.js';
import type { LogEntry, ModelRegistry } from '../../../src/registry/registry.js';
import { recordOf } from '../../../src/registry/stored-registry.js';
import { sha256Of } from '../../../src/store/files.js';
import { createMemoryObjects } from '../../support/memory-objects.js';
import { temporaryDirectory } from '../../support/temp.js';
import { draftOf } from './draft.js';
import { logKey, newLogKey } from './log-key.js';
import { createFileObjects } from '../../../src/store/file-objects.js';
import { createRegistry } from '../../../src/registry/stored-registry.js';

const NAME = 'anemia-detection';
const change = (version: number | null) => ({ alias: 'champion', version, by: 'x', reason: 'gemäß y' }) as const;

/** Where a registry's records are, to change them behind its back. */
interface Records {
  registry: ModelRegistry;
  read: (file: string) => Promise<string>;
  write: (file: string, bytes: string | Uint8Array) => Promise<unknown>;
  remove: (file: string) => Promise<unknown>;
}

const now = () => new Date('2026-01-02T03:04:05Z');

async function inFiles(): Promise<Records> {
  const root = await temporaryDirectory();
  const at = (file: string) => join(root, NAME, file);
  return {
    registry: createRegistry(createFileObjects(root), now, logKey),
    read: (file) => readFile(at(file), 'utf8'),
    write: (file, bytes) => writeFile(at(file), bytes),
    remove: (file) => rm(at(file)),
  };
}

function inObjects(): Promise<Records> {
  const objects = createMemoryObjects();
  const at = (file: string) => (file.startsWith('../') ? file.slice(3) : `${NAME}/${file}`);
  return Promise.resolve({
    registry: createRegistry(objects, now, logKey),
    read: async (file) => Buffer.from((await objects.get(at(file)))!.bytes).toString('utf8'),
    write: (file, bytes) => objects.put(at(file), Buffer.from(bytes), 'always'),
    remove: (file) => objects.delete(at(file)),
  });
}

const LOG = 'promotions.jsonl';
const HEAD = 'promotions.head.json';

/** A registry with two versions, whose log has seven entries: its beginning, two registrations, four moves of an alias. */
async function seven(open: () => Promise<Records>) {
  const records = await open();
  const { registry } = records;
  for (const digit of ['a', 'b']) await registry.register(draftOf(digit));
  for (const version of [1, 2, 1, 2]) await registry.setAlias(NAME, change(version));
  const lines = async () => (await records.read(LOG)).split('\n').slice(0, -1);
  const write = (kept: string[]) => records.write(LOG, kept.map((line) => `${line}\n`).join(''));
  return { ...records, records, lines, write };
}

const KINDS = [
  ['files', inFiles],
  ['objects', inObjects],
] as const;

/** A line that fits the chain, as one makes who knows how; with the signature of the one before, or of another key. */
async function forged(last: string, key?: LogKey): Promise<string> {
  const { hash: previousHash, signature, ...rest } = JSON.parse(last) as LogEntry;
  const text = JSON.stringify({ ...rest, reason: 'z', sequence: rest.sequence + 1, previousHash });
  const head = { sequence: rest.sequence + 1, hash: sha256Of(text) };
  const signed = key === undefined ? signature : await key.sign(signedText(NAME, head));
  return `${text.slice(0, -1)},"hash":"${head.hash}","signature":${JSON.stringify(signed)}}`;
}

const tampered = (found = '') => ({
  type: 'LogTampered',
  message: expect.stringMatching(`model ${NAME} .*${found}.*backup`) as string,
});

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
