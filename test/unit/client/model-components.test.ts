import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import { modelComponents } from '../../../src/client/model-components.js';
import { openRegistered, type Registered } from '../cli/registered.js';

let opened: Registered;
const said: string[] = [];

beforeEach(async () => {
  opened = await openRegistered();
  said.length = 0;
  for (const sign of [1, -1] as const) await opened.register(sign);
});

const components = () => modelComponents(opened.registry, opened.store, (line) => said.push(line));
const recordOf = (version: number) => join(opened.root, 'registry', 'anemia', 'versions', `${version}.json`);

it('are those of every version, with its card', async () => {
  expect(await components()).toMatchObject([1, 2].map((version) => ({ version: String(version), modelCard: {} })));
  expect(said).toEqual([]);
});

it.each<[string, () => Promise<void>]>([
  ['model', async () => rm(await opened.pathOf((await opened.registry.version('anemia', 1)).model))],
  ['definition', async () => rm(await opened.pathOf((await opened.registry.version('anemia', 1)).lineage.definition))],
  ['record', () => rm(recordOf(1))],
])('name a version whose %s is gone, and go on', async (what, lose) => {
  const { model } = await opened.registry.version('anemia', 1);
  await lose();
  const [first, second] = await components();
  expect(first).toEqual({
    ...{ type: 'machine-learning-model', 'bom-ref': 'model:anemia@1', name: 'anemia', version: '1' },
    description: expect.stringMatching(/^Gone: /) as string,
    hashes: [{ alg: 'SHA-256', content: model.sha256 }],
  });
  if (what === 'definition') expect(second).toEqual(expect.objectContaining({ version: '2' }));
  else expect(second).toMatchObject({ version: '2', modelCard: {} });
  expect(said[0]).toMatch(/^Version 1 of model anemia is listed as gone: .* gone/);
});

it('leave out one that was written off, and end at one that was tampered with', async () => {
  await rm(recordOf(1));
  await opened.registry.writeOff('anemia', { version: 1, by: 'x', reason: 'y' });
  expect(await components()).toMatchObject([{ version: '2' }]);
  await rm(join(opened.root, 'registry', 'anemia', 'promotions.head.json'));
  await expect(components()).rejects.toMatchObject({ type: 'LogTampered' });
});
