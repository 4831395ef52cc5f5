import { execFile } from 'node:child_process';
import { appendFile, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { createEmbeddedRegistry } from '../../../src/registry/embedded.js';
import { createLogKey } from '../../../src/registry/log-key.js';
import { createSecretSigner } from '../../../src/registry/secret-signer.js';
import { createFileObjects } from '../../../src/store/file-objects.js';
import { createSecrets } from '../../../src/store/secrets.js';
import { temporaryDirectory } from '../../support/temp.js';
import { registryBehaviour } from './behaviour.js';
import { draftOf } from './draft.js';
import { logKey } from './log-key.js';

const clock = () => new Date('2026-01-02T03:04:05Z');

registryBehaviour('embedded registry', async () => {
  const [root, name] = [await temporaryDirectory(), 'anemia-detection'];
  const lose = (version: number) => rm(join(root, name, 'versions', `${version}.json`));
  return { registry: createEmbeddedRegistry(root, clock, logKey), name, draftOf, lose };
});

it('is safe with writers in two processes', async () => {
  const root = await temporaryDirectory();
  const writer = fileURLToPath(new URL('writer.ts', import.meta.url));
  const write = (name: string) => promisify(execFile)(process.execPath, ['--import', 'tsx', writer, root, name]);
  await Promise.all([write('one'), write('two')]);
  const key = createLogKey(createSecretSigner(createSecrets(createFileObjects(join(root, 'keys')))));
  const registry = createEmbeddedRegistry(join(root, 'registry'), clock, key);
  const versions = await registry.versions('anemia-detection');
  expect(versions.map(({ version }) => version)).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
  expect(new Set(versions.map(({ model }) => model.sha256)).size).toBe(20);
  const log = await registry.log('anemia-detection');
  const moves = log.flatMap((entry) => (entry.event === 'alias' ? [entry] : []));
  expect(log.map(({ sequence }) => sequence)).toEqual(Array.from({ length: 41 }, (_, i) => i + 1));
  expect(moves.slice(1).map(({ previous }) => previous)).toEqual(moves.slice(0, -1).map(({ version }) => version));
});

it('ignores and then repairs the torn last line of a writer that was killed', async () => {
  const root = await temporaryDirectory();
  const registry = createEmbeddedRegistry(root, clock, logKey);
  await registry.register(draftOf('a'));
  await registry.register(draftOf('b'));
  await registry.setAlias('anemia-detection', { alias: 'champion', version: 1, by: 'x', reason: 'y' });
  const path = join(root, 'anemia-detection', 'promotions.jsonl');
  await appendFile(path, '{"sequence":5,"alias":"champ');
  expect((await registry.alias('anemia-detection', 'champion'))?.version).toBe(1);
  await registry.setAlias('anemia-detection', { alias: 'champion', version: 2, by: 'x', reason: 'y' });
  const lines = (await readFile(path, 'utf8')).trim().split('\n');
  expect(lines.slice(3).map((line) => (JSON.parse(line) as { version: number }).version)).toEqual([1, 2]);
});

it('stamps versions with the injected clock', async () => {
  const registry = createEmbeddedRegistry(await temporaryDirectory(), clock, logKey);
  expect((await registry.register(draftOf('a'))).createdAt).toBe('2026-01-02T03:04:05.000Z');
});

it('refuses a model name that would leave its directory', async () => {
  const registry = createEmbeddedRegistry(await temporaryDirectory(), clock, logKey);
  await expect(registry.register(draftOf('a', '../elsewhere'))).rejects.toThrow('model name');
});
