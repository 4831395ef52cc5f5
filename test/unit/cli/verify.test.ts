import { appendFile, cp, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { beforeEach, describe, expect, it } from 'vitest';
import { artifactsOf } from '../../../src/client/versions.js';
import { verifiedText as colouredText } from '../../../src/cli/commands/history.js';
import { requireIntact, verifyLogs } from '../../../src/client/history.js';
import { type Anchor, createAnchoredRegistry, createAnchor, keptObjects } from '../../../src/registry/stored-anchor.js';
import { createApprovers } from '../../../src/registry/approvers.js';
import { APPROVERS_LOG } from '../../../src/registry/refusals.js';
import { logKey, newLogKey } from '../registry/log-key.js';
import { openRegistered, type Registered } from './registered.js';
import { createFileObjects } from '../../../src/store/file-objects.js';

/** What is told, whether or not the terminal has colours. */
const verifiedText = (verified: Parameters<typeof colouredText>[0]) => stripVTControlCharacters(colouredText(verified));

let opened: Registered;

beforeEach(async () => {
  opened = await openRegistered();
  for (const sign of [1, -1] as const) await opened.register(sign);
  await opened.registry.setAlias('anemia', { alias: 'champion', version: 1, by: 'x', reason: 'y' });
});

const verify = (key = logKey, elsewhere: string[] = [], anchor: Anchor | null = null) =>
  verifyLogs({ registry: opened.registry, store: opened.store, key, anchor, artifactsOf, elsewhere });
const recordOf = (version: number) => join(opened.root, 'registry', 'anemia', 'versions', `${version}.json`);

describe('history --verify', () => {
  it('says in a line each what was checked', async () => {
    const verified = await verify();
    expect(verified.trouble).toBeNull();
    requireIntact(verified);
    const text = verifiedText(verified);
    const [last] = (await opened.registry.log('anemia')).slice(-1);
    for (const line of [
      /^anemia\n/,
      / entries +4, each with the hash of the one before\n/,
      new RegExp(` head +entry 4, ${last!.hash}\n`),
      new RegExp(` signatures +4 by key ${await logKey.fingerprint()} \\(of this store\\)\n`),
      / anchor +none \(MLOPS_ANCHOR\): .* would not be noticed\n/,
      / versions +2 records and their models are what was registered\n/,
      / files +22 are intact$/,
    ])
      expect(text).toMatch(line);
  });

  it('counts one as one', async () => {
    await rm(recordOf(2));
    await opened.registry.writeOff('anemia', { version: 2, by: 'x', reason: 'lost' });
    const text = verifiedText(await verify());
    expect(text).toMatch(/ versions +1 record and its model are what was registered, 1 written off\n/);
    expect(text).toMatch(/ files +11 are intact$/);
  });

  it('names records that the log does not have', async () => {
    await writeFile(recordOf(3), await readFile(recordOf(2), 'utf8'));
    const verified = await verify();
    expect(verified.trouble).toBeNull();
    expect(verifiedText(verified)).toMatch(
      / versions +2 records .* registered; besides, the record of a version 3 is there that the log does not have: put there by hand, .* nothing serves it\n/,
    );
    for (let version = 4; version <= 9; version++) await writeFile(recordOf(version), '{}');
    expect(verifiedText(await verify())).toContain(
      'besides, 7 records of versions (3, 4, 5, 6, 7 and 2 more) are there',
    );
  });

  it.each<[string, string, RegExp, () => Promise<unknown>]>([
    [
      'a record that points at another model',
      'versions',
      /^Version 2 of model anemia was tampered with/,
      async () => {
        const { model } = await opened.registry.version('anemia', 1);
        const text = await readFile(recordOf(2), 'utf8');
        await writeFile(recordOf(2), text.replace(/"sha256": "[0-9a-f]{64}"/, `"sha256": "${model.sha256}"`));
      },
    ],
    ['a record that is gone', 'versions', /^Version 1 .* is gone/, () => rm(recordOf(1))],
    [
      'an appended entry',
      'entries',
      /^The log of model anemia was tampered with: line 5/,
      () => appendFile(join(opened.root, 'registry', 'anemia', 'promotions.jsonl'), '{}\n'),
    ],
    [
      'a file that changed',
      'files',
      /^model\.json of version 2 of model anemia is missing or changed/,
      async () => appendFile(await opened.pathOf((await opened.registry.version('anemia', 2)).model), ' '),
    ],
    [
      'a file that is gone',
      'files',
      /^matrix of version 1 of model anemia is missing or changed/,
      async () => rm(await opened.pathOf((await opened.registry.version('anemia', 1)).lineage.matrix)),
    ],
  ])('fails with one sentence: %s', async (_, what, sentence, change) => {
    await change();
    const verified = await verify();
    expect(verified.trouble).toMatch(sentence);
    expect(verified.models['anemia']!.filter(({ intact }) => !intact).map((check) => check.what)).toEqual([what]);
    expect(verifiedText(verified)).toContain(`✘ ${what}`);
    expect(() => requireIntact(verified)).toThrow(verified.trouble!);
  });

  describe('of the keys of approvers', () => {
    const log = () => join(opened.root, 'registry', APPROVERS_LOG, 'promotions.jsonl');
    const enrol = (name: string) =>
      createApprovers(opened.registry).add(name, Buffer.alloc(32, name).toString('base64'), { by: 'x', reason: 'y' });

    it('says that their log is whole, and nothing where nobody has a key', async () => {
      expect(Object.keys((await verify()).models)).toEqual(['anemia']);
      await enrol('Ada');
      const { models, trouble } = await verify();
      expect(trouble).toBeNull();
      expect(models[APPROVERS_LOG]!.map(({ what }) => what)).toEqual(['entries', 'head', 'signatures', 'anchor']);
      expect(verifiedText({ models, trouble })).toContain('keys of approvers\n');
    });

    it.each<[string, (text: string) => string]>([
      ['another key', (text) => text.replace(Buffer.alloc(32, 'Ada').toString('base64'), 'A'.repeat(43) + '=')],
      ['another name', (text) => text.replaceAll('"Ada"', '"Eve"')],
      ['an entry less in the middle', (text) => text.replace(/^(.*\n).*\n/, '$1')],
      ['an entry more', (text) => `${text}{}\n`],
    ])('fails when it has %s', async (_, change) => {
      for (const name of ['Ada', 'Bo']) await enrol(name);
      const before = await readFile(log(), 'utf8');
      expect(change(before)).not.toBe(before);
      await writeFile(log(), change(before));
      const verified = await verify();
      expect(verified.trouble).toContain(`The log of model ${APPROVERS_LOG} was tampered with`);
      expect(() => requireIntact(verified)).toThrow(verified.trouble!);
    });

    it('fails when it was put back to before a key was taken away, where it is anchored', async () => {
      const anchor = createAnchor(keptObjects(createFileObjects(join(opened.root, 'elsewhere'))), 'elsewhere');
      const approvers = createApprovers(createAnchoredRegistry(opened.registry, anchor, logKey));
      await enrol('Ada');
      const [folder, backup] = [dirname(log()), join(opened.root, 'backup')];
      await cp(folder, backup, { recursive: true });
      await approvers.remove('Ada', { by: 'x', reason: 'left' });
      await rm(folder, { recursive: true });
      await cp(backup, folder, { recursive: true });
      const { trouble } = await verify(logKey, [], anchor);
      expect(trouble).toContain(`The log of model ${APPROVERS_LOG} was put back or replaced`);
    });
  });

  it('fails when the log is signed by another key than that of the store', async () => {
    const other = newLogKey();
    const { trouble } = await verify(other);
    expect(trouble).toContain(`is signed by key ${await logKey.fingerprint()}, and the key of this store is`);
    expect((await verify(newLogKey([await logKey.fingerprint()]))).trouble).toBeNull();
  });

  it('takes files for well that only the store of their training has', async () => {
    await rm(await opened.pathOf((await opened.registry.version('anemia', 1)).lineage.matrix));
    const verified = await verify(logKey, ['matrix']);
    expect(verified.trouble).toBeNull();
    expect(verifiedText(verified)).toMatch(/files +20 are intact, 2 are in another store, or lost/);
  });
});
