import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createEmbeddedRegistry } from '../../src/registry/embedded.js';
import { createObjectRegistry } from '../../src/registry/object-registry.js';
import type { ModelRegistry } from '../../src/registry/registry.js';
import { sha256Of } from '../../src/store/files.js';
import { createMemoryObjects } from '../support/memory-objects.js';
import { temporaryDirectory } from '../support/temp.js';
import { draftOf } from './draft.js';

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
    registry: createEmbeddedRegistry(root, now),
    read: (file) => readFile(at(file), 'utf8'),
    write: (file, bytes) => writeFile(at(file), bytes),
    remove: (file) => rm(at(file)),
  };
}

function inObjects(): Promise<Records> {
  const objects = createMemoryObjects();
  const at = (file: string) => `${NAME}/${file}`;
  return Promise.resolve({
    registry: createObjectRegistry(objects, now),
    read: async (file) => Buffer.from((await objects.get(at(file)))!.bytes).toString('utf8'),
    write: (file, bytes) => objects.put(at(file), Buffer.from(bytes), 'always'),
    remove: (file) => objects.delete(at(file)),
  });
}

const LOG = 'promotions.jsonl';
const HEAD = 'promotions.head.json';

/** A registry whose log has four entries. */
async function four(open: () => Promise<Records>) {
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

/** A line that fits the chain, as one makes who knows how. */
function forged(last: string): string {
  const { sequence, hash } = JSON.parse(last) as { sequence: number; hash: string };
  const text = JSON.stringify({ event: 'alias', alias: 'champion', version: 1, previous: 2, by: 'x', reason: 'z' });
  const entry = `${text.slice(0, -1)},"sequence":${sequence + 1},"at":"2026-01-02T03:04:05.000Z","previousHash":"${hash}"`;
  return `${entry},"hash":"${sha256Of(`${entry}}`)}"}`;
}

describe.each(KINDS)('a log in %s that was tampered with', (_, open) => {
  it.each<[string, string, (lines: string[]) => string[]]>([
    ['a byte in a middle line', 'line 2 .* own hash', ([a, b, ...rest]) => [a!, b!.replace('"x"', '"y"'), ...rest]],
    ['a space that JSON ignores', 'line 2 .* own hash', ([a, b, ...rest]) => [a!, b!.replace(':', ': '), ...rest]],
    ['a line that is no JSON', 'line 2 .* JSON', ([a, b, ...rest]) => [a!, b!.slice(1), ...rest]],
    ['a line that is null', 'line 2 .* JSON', ([a, , ...rest]) => [a!, 'null', ...rest]],
    ['no middle line', 'line 2 .* entry 3', ([a, , ...rest]) => [a!, ...rest]],
    ['no last line', 'line 4 .* missing', (lines) => lines.slice(0, -1)],
    ['no line', 'line 1 .* missing', () => []],
    ['two lines swapped', 'line 2 .* entry 3', ([a, b, c, d]) => [a!, c!, b!, d!]],
    ['an entry repeated', 'line 5 .* entry 4', (lines) => [...lines, lines.at(-1)!]],
    ['an entry by hand', 'line 5 .* before', (lines) => [...lines, '{"sequence":5,"version":1,"hash":"0"}']],
    ['two entries that fit', 'line 6 .* head', (lines) => [...lines, forged(lines[3]!), forged(forged(lines[3]!))]],
    ['another last line that fits', 'line 4 .* head', (lines) => [...lines.slice(0, 3), forged(lines[2]!)]],
    ['an entry without a hash', 'line 1 .* earlier development', () => ['{"sequence":1,"alias":"champion"}']],
  ])('is noticed: %s', async (_what, found, edit) => {
    const { registry, lines, write } = await four(open);
    await write(edit(await lines()));
    const tampered = await lines();
    const failure = {
      type: 'LogTampered',
      message: expect.stringMatching(`model ${NAME} .*${found}.*backup`) as string,
    };
    await expect(registry.log(NAME)).rejects.toMatchObject(failure);
    await expect(registry.version(NAME, 1)).rejects.toMatchObject(failure);
    await expect(registry.setAlias(NAME, change(null))).rejects.toMatchObject(failure);
    expect(await lines()).toEqual(tampered);
  });

  it('is noticed when the head file went or is another', async () => {
    const { registry, records } = await four(open);
    await records.remove(HEAD);
    await expect(registry.log(NAME)).rejects.toMatchObject({ type: 'LogTampered' });
    for (const text of ['{', '{"sequence":"4","hash":"0"}', '{"sequence":2,"hash":"0"}', '{"sequence":4,"hash":"0"}']) {
      await records.write(HEAD, text);
      await expect(registry.log(NAME)).rejects.toMatchObject({ type: 'LogTampered' });
    }
  });
});

describe.each(KINDS)('a writer to %s that was killed', (_, open) => {
  it('between log and head is repaired by the next one', async () => {
    const { registry, records, lines } = await four(open);
    const before = await records.read(HEAD);
    await registry.setAlias(NAME, change(1));
    await records.write(HEAD, before);
    expect(await registry.log(NAME)).toHaveLength(5);
    await registry.setAlias(NAME, change(2));
    const last = JSON.parse((await lines()).at(-1)!) as { sequence: number; hash: string };
    expect(JSON.parse(await records.read(HEAD))).toEqual({ sequence: 6, hash: last.hash });
    expect(await registry.log(NAME)).toHaveLength(6);
  });

  it('between log and head of the first entry is repaired too', async () => {
    const { registry, records, lines, write } = await four(open);
    await write((await lines()).slice(0, 1));
    await records.remove(HEAD);
    await registry.setAlias(NAME, change(2));
    expect(await registry.log(NAME)).toHaveLength(2);
  });
});

it('a line of a file torn within a character goes with the next one', async () => {
  const { registry, records } = await four(inFiles);
  const torn = Buffer.from('{"reason":"gemä').subarray(0, -1);
  await records.write(LOG, Buffer.concat([Buffer.from(await records.read(LOG)), torn]));
  expect(await registry.log(NAME)).toHaveLength(4);
  await registry.setAlias(NAME, change(1));
  expect(await registry.log(NAME)).toHaveLength(5);
});

describe.each(KINDS)('a record in %s', (_, open) => {
  it.each(['{"version":1', '1', 'null', ''])('of a version that is %j is told of, without its text', async (text) => {
    const { registry, records } = await four(open);
    await records.write('versions/1.json', text);
    const message = `The registry's versions/1.json of model ${NAME} was damaged: it is not the JSON that was written; restore it from a backup.`;
    await expect(registry.versions(NAME)).rejects.toMatchObject({ type: 'ArtifactCorrupt', message });
    expect((await registry.version(NAME, 2)).version).toBe(2);
  });

  it('that is none of ours is left alone', async () => {
    const { registry, records } = await four(open);
    for (const file of ['versions/note.txt', 'versions/3.json.bak', 'note.txt']) await records.write(file, 'x');
    expect((await registry.versions(NAME)).map(({ version }) => version)).toEqual([1, 2]);
    expect(await registry.models()).toEqual([NAME]);
  });
});
