import { readFile, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Recordable } from '../../../src/registry/registry.js';
import { type Registries, openRegistries } from './mlflow-registries.js';

let opened: Registries;

beforeAll(async () => {
  opened = await openRegistries();
});
afterAll(() => opened.close());

const CAUSE = { by: 'train-1', reason: 'passed its gate' } as const;
const approval = (run: string): Recordable => ({ event: 'decision', version: 1, decision: 'approved', run, ...CAUSE });

describe('what was changed on the server', () => {
  it('is not taken for a model, nor for its document', async () => {
    const { registry, emptyRegistry, draftOf, fileOf } = opened;
    const registered = await registry().register(draftOf('a', 'changed'));
    expect(await emptyRegistry().version('changed', 1)).toEqual(registered);

    for (const file of ['model/model.json', 'lineage/profile.json', 'version.json']) {
      const path = await fileOf('changed', file);
      const before = await readFile(path);
      await writeFile(path, `${before.toString()} `);
      await expect(emptyRegistry().version('changed', 1)).rejects.toMatchObject({
        type: 'ArtifactCorrupt',
        message: expect.stringContaining(`${file} does not have its SHA-256`) as string,
      });
      await writeFile(path, before);
    }
    expect(await emptyRegistry().version('changed', 1)).toEqual(registered);
  });

  it('is not followed to another place', async () => {
    const { registry, draftOf, reader, versionsOf } = opened;
    for (const name of ['led-away', 'elsewhere']) await registry().register(draftOf('a', name));
    const [[own], [other]] = [await versionsOf('led-away'), await versionsOf('elsewhere')];
    const { run_id, tags } = own!;
    const otherBytes = tags.map(({ key, value }) => ({ key, value: key === 'mlops.sha256' ? 'b'.repeat(64) : value }));
    for (const source of [other!.source, `${own!.source}/../../elsewhere`, 's3://elsewhere/model'])
      await reader
        .ask('model-versions/create', { name: 'led-away', source, run_id, tags: otherBytes })
        .catch((error: unknown) => expect(String(error)).toContain('INVALID_PARAMETER_VALUE'));
    expect(await versionsOf('led-away')).not.toHaveLength(1);
    // The log says which versions there are; others are none.
    expect(await registry().versions('led-away')).toMatchObject([{ version: 1 }]);
    expect(await registry().version('led-away', 1)).toMatchObject({ version: 1 });
  });

  it('is not a model of ours when somebody else made it', async () => {
    const { registry, draftOf, reader, versionsOf } = opened;
    await reader.ask('registered-models/create', { name: 'theirs' });
    const failure = { type: 'RegistryUnusable', message: expect.stringContaining('theirs') as string };
    await expect(registry().register(draftOf('a', 'theirs'))).rejects.toMatchObject(failure);
    await expect(registry().log('theirs')).rejects.toMatchObject(failure);
    expect(await registry().models()).not.toContain('theirs');
    expect(await versionsOf('theirs')).toEqual([]);
  });

  it('is noticed in the log', async () => {
    const { registry, draftOf, sql, reader } = opened;
    await registry().register(draftOf('a', 'edited'));
    for (const run of ['train-1', 'train-2', 'train-3']) await registry().record('edited', approval(run));
    const [run] = await reader.runs('edited log');
    const { id, params, tags } = run!;
    const setParam = (key: string, value: string) =>
      sql('update params set value = ? where run_uuid = ? and key = ?', value, id, key);

    const expectTampered = async (found: RegExp) => {
      const failure = { type: 'LogTampered', message: expect.stringMatching(found) as string };
      await expect(registry().log('edited')).rejects.toMatchObject(failure);
      await expect(registry().version('edited', 1)).rejects.toMatchObject(failure);
      await expect(registry().record('edited', approval('train-4'))).rejects.toMatchObject(failure);
    };
    await setParam('000004', params['000004']!.replace('approved', 'rejected'));
    await expectTampered(/entry 4 .*own hash/);
    await setParam('000004', params['000004']!);
    await sql('update params set key = ? where run_uuid = ? and key = ?', 'lost', id, '000005');
    await expectTampered(/entry 5 .*missing/);
    await sql('update params set key = ? where run_uuid = ? and key = ?', '000005', id, 'lost');
    const setHead = (hash: string) =>
      sql('update tags set value = ? where run_uuid = ? and key = ?', hash, id, 'mlops.head.000005');
    await setHead('0'.repeat(64));
    await expectTampered(/entry 5 .*head/);
    await setHead(tags['mlops.head.000005']!);
    expect(await registry().log('edited')).toHaveLength(5);
  });
});
