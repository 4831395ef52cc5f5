import { appendFile, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createEmbeddedRegistry } from '../../src/registry/embedded.js';
import { sha256Of } from '../../src/store/files.js';
import { temporaryDirectory } from '../support/temp.js';
import { draftOf } from './draft.js';

const NAME = 'anemia-detection';
const change = (version: number | null) => ({ alias: 'champion', version, by: 'x', reason: 'gemäß y' }) as const;

/** A registry whose log has four entries. */
async function four() {
  const root = await temporaryDirectory();
  const registry = createEmbeddedRegistry(root, () => new Date('2026-01-02T03:04:05Z'));
  const log = join(root, NAME, 'promotions.jsonl');
  const head = join(root, NAME, 'promotions.head.json');
  for (const digit of ['a', 'b']) await registry.register(draftOf(digit));
  for (const version of [1, 2, 1, 2]) await registry.setAlias(NAME, change(version));
  const lines = async () => (await readFile(log, 'utf8')).split('\n').slice(0, -1);
  const write = (kept: string[]) => writeFile(log, kept.map((line) => `${line}\n`).join(''));
  return { registry, log, head, lines, write };
}

/** A line that fits the chain, as one makes who knows how. */
function forged(last: string): string {
  const { sequence, hash } = JSON.parse(last) as { sequence: number; hash: string };
  const text = JSON.stringify({ event: 'alias', alias: 'champion', version: 1, previous: 2, by: 'x', reason: 'z' });
  const entry = `${text.slice(0, -1)},"sequence":${sequence + 1},"at":"2026-01-02T03:04:05.000Z","previousHash":"${hash}"`;
  return `${entry},"hash":"${sha256Of(`${entry}}`)}"}`;
}

describe('a log that was tampered with', () => {
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
  ])('is noticed: %s', async (_, found, edit) => {
    const { registry, lines, write } = await four();
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
    const { registry, head } = await four();
    await rm(head);
    await expect(registry.log(NAME)).rejects.toMatchObject({ type: 'LogTampered' });
    for (const text of ['{', '{"sequence":"4","hash":"0"}', '{"sequence":2,"hash":"0"}', '{"sequence":4,"hash":"0"}']) {
      await writeFile(head, text);
      await expect(registry.log(NAME)).rejects.toMatchObject({ type: 'LogTampered' });
    }
  });
});

describe('a writer that was killed', () => {
  it('between log and head is repaired by the next one', async () => {
    const { registry, head, lines } = await four();
    const before = await readFile(head, 'utf8');
    await registry.setAlias(NAME, change(1));
    await writeFile(head, before);
    expect(await registry.log(NAME)).toHaveLength(5);
    await registry.setAlias(NAME, change(2));
    const last = JSON.parse((await lines()).at(-1)!) as { sequence: number; hash: string };
    expect(JSON.parse(await readFile(head, 'utf8'))).toEqual({ sequence: 6, hash: last.hash });
    expect(await registry.log(NAME)).toHaveLength(6);
  });

  it('between log and head of the first entry is repaired too', async () => {
    const { registry, head, lines, write } = await four();
    await write((await lines()).slice(0, 1));
    await rm(head);
    await registry.setAlias(NAME, change(2));
    expect(await registry.log(NAME)).toHaveLength(2);
  });

  it('within a character leaves a torn line that goes with the next one', async () => {
    const { registry, log } = await four();
    await appendFile(log, Buffer.from('{"reason":"gemä').subarray(0, -1));
    expect(await registry.log(NAME)).toHaveLength(4);
    await registry.setAlias(NAME, change(1));
    expect(await registry.log(NAME)).toHaveLength(5);
  });
});
