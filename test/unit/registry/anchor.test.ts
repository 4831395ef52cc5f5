import { cp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { type Anchor, createAnchoredRegistry, createAnchor, keptObjects } from '../../../src/registry/stored-anchor.js';
import { createMlflowAnchor } from '../../../src/vendors/mlflow/anchor.js';
import { setRunTags } from '../../../src/vendors/mlflow/run-data.js';
import { verifyModel } from '../../../src/registry/verify.js';
import { createFileStore } from '../../support/file-store.js';
import { createMemoryObjects } from '../../../src/testing/memory-objects.js';
import { temporaryDirectory } from '../../support/temp.js';
import { createMemoryMlflow } from '../vendors/mlflow/tracking/memory-mlflow.js';
import { draftOf } from './draft.js';
import { logKey, newLogKey } from './log-key.js';
import { createFileObjects } from '../../../src/store/file-objects.js';
import { createRegistry } from '../../../src/registry/stored-registry.js';

const NAME = 'anemia-detection';
const now = () => new Date('2026-01-02T03:04:05Z');
const promote = (version: number) => ({ alias: 'champion', version, by: 'x', reason: 'y' }) as const;

const inFiles = async (): Promise<Anchor> => {
  const folder = await temporaryDirectory();
  return createAnchor(keptObjects(createFileObjects(folder)), folder);
};
const inObjects = (): Promise<Anchor> => Promise.resolve(createAnchor(keptObjects(createMemoryObjects()), 's3://a/b'));
const inMlflow = (): Promise<Anchor> =>
  Promise.resolve(createMlflowAnchor(createMemoryMlflow().client, 'http://mlflow', now));

let root: string;
let anchor: Anchor;
const plain = () => createRegistry(createFileObjects(root), now, logKey);
const anchored = () => createAnchoredRegistry(plain(), anchor, logKey);
const check = async (what: string) => {
  const ports = { registry: plain(), key: logKey, anchor, artifactsOf: () => ({}), elsewhere: [] };
  const checks = await verifyModel({ ...ports, store: createFileStore(root) }, NAME);
  return checks.find((known) => known.what === what);
};
const putBack = {
  type: 'LogTampered',
  message: expect.stringMatching(
    /^The log of model anemia-detection was put back or replaced: its anchor at .*\.$/,
  ) as string,
};

describe.each([
  ['files', inFiles],
  ['objects', inObjects],
  ['MLflow', inMlflow],
])('heads anchored in %s', (_, open) => {
  beforeEach(async () => {
    root = await temporaryDirectory();
    anchor = await open();
    await anchored().register(draftOf('a'));
    await anchored().setAlias(NAME, promote(1));
  });

  it('follow every write, and are the same', async () => {
    expect(await anchor.latest(NAME)).toMatchObject({ sequence: 3, hash: (await plain().log(NAME))[2]!.hash });
    expect(await anchor.latest('another')).toBeNull();
    expect(await anchor.models()).toEqual([NAME]);
    expect(await check('anchor')).toMatchObject({ intact: true, found: `entry 3 is the one at ${anchor.place}` });
  });

  it('find a registry that was put back to an earlier whole state, before it is read or written', async () => {
    const backup = await temporaryDirectory();
    await cp(join(root, NAME), backup, { recursive: true });
    await anchored().setAlias(NAME, { ...promote(1), version: null });
    await rm(join(root, NAME), { recursive: true });
    await cp(backup, join(root, NAME), { recursive: true });
    expect(await plain().log(NAME)).toHaveLength(3); // whole by itself
    expect(await check('anchor')).toMatchObject({ intact: false, found: putBack.message });
    await expect(anchored().version(NAME, 1)).rejects.toMatchObject(putBack);
    await expect(anchored().alias(NAME, 'champion')).rejects.toMatchObject(putBack);
    await expect(anchored().setAlias(NAME, promote(1))).rejects.toMatchObject(putBack);
    await expect(anchored().register(draftOf('b'))).rejects.toMatchObject(putBack);
  });

  it('find a log that was made anew by whoever has the key, and one that is gone with its versions', async () => {
    await rm(join(root, NAME), { recursive: true });
    expect(await check('anchor')).toMatchObject({ intact: false, found: putBack.message });
    for (const digit of ['b', 'c', 'd']) await plain().register(draftOf(digit));
    expect(await check('anchor')).toMatchObject({ intact: false, found: putBack.message });
  });

  it('are taken only with the signature of the key', async () => {
    const [last] = (await plain().log(NAME)).slice(-1);
    const signature = await newLogKey().sign('x');
    await anchor.put(NAME, { sequence: 4, hash: last!.hash, signature });
    await expect(anchored().version(NAME, 1)).rejects.toMatchObject(putBack);
  });

  it('are made up for when the anchor could not be reached', async () => {
    const down = { ...anchor, put: () => Promise.reject(new Error('down')) };
    const registry = createAnchoredRegistry(plain(), down, logKey);
    await expect(registry.setAlias(NAME, { ...promote(1), version: null })).rejects.toThrow('down');
    expect(await anchor.latest(NAME)).toMatchObject({ sequence: 3 });
    await anchored().setAlias(NAME, { ...promote(1), version: null });
    expect(await anchor.latest(NAME)).toMatchObject({ sequence: 4 });
  });
});

it('a head in files is one file that its owner alone can read, and is refused when it was changed', async () => {
  const folder = await temporaryDirectory();
  const [model, other] = [createAnchor(keptObjects(createFileObjects(folder)), folder), `${NAME}-2`];
  const headAt = (sequence: number) => ({ sequence, hash: 'f', signature: { key: 'k', value: 'v' } });
  for (const sequence of [9, 10]) await model.put(NAME, headAt(sequence));
  await model.put(other, headAt(11));
  const files = [`${NAME}-2.0000000011.json`, `${NAME}.0000000009.json`, `${NAME}.0000000010.json`];
  expect((await readdir(folder)).sort()).toEqual(files);
  expect((await stat(join(folder, files[2]!))).mode & 0o777).toBe(0o600);
  expect(await model.latest(NAME)).toEqual(headAt(10));
  await cp(join(folder, files[1]!), join(folder, files[2]!)); // an earlier head in place of the latest
  await expect(model.latest(NAME)).rejects.toMatchObject({ type: 'LogTampered' });
  await writeFile(join(folder, files[2]!), '{"sequence":"10"}');
  await expect(model.latest(NAME)).rejects.toMatchObject({ type: 'LogTampered' });
});

it.each(['', 'no JSON', '{"hash":"f"}'])('a head in MLflow is refused when its tag was changed to %j', async (text) => {
  const { client, runs } = createMemoryMlflow();
  const model = createMlflowAnchor(client, 'http://mlflow', now);
  await model.put(NAME, { sequence: 7, hash: 'f', signature: { key: 'k', value: 'v' } });
  await setRunTags(client, { runId: runs()[0]!.id }, { 'mlops.anchor.000007': text });
  await expect(model.latest(NAME)).rejects.toMatchObject({
    type: 'LogTampered',
    message: expect.stringContaining(
      'mlops.anchor.000007 of model anemia-detection at the anchor http://mlflow',
    ) as string,
  });
});
