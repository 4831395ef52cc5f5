import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { expect, it, vi } from 'vitest';
import { computeOnce } from '../../../src/activities/reuse.js';
import { createFileStore } from '../../support/file-store.js';
import { temporaryDirectory } from '../../support/temp.js';

async function setUp(codeVersion = '1.0.0') {
  const store = createFileStore(await temporaryDirectory());
  const compute = vi.fn(async () => ({ nested: { artifact: await store.put(Buffer.from('result')) }, rows: 3 }));
  const step = (inputs: unknown, reuse = true, version = codeVersion) =>
    computeOnce({ store, codeVersion: version }, 'step/1', inputs, reuse, compute);
  return { store, compute, step };
}

it('computes the same inputs once and says so', async () => {
  const { compute, step } = await setUp();
  const first = await step({ a: 1 });
  const second = await step({ a: 1 });
  expect(first.reused).toBe(false);
  expect(second).toEqual({ reused: true, result: first.result });
  expect(compute).toHaveBeenCalledTimes(1);
});

it('computes anew for other inputs, other code, or when told to', async () => {
  const { compute, step } = await setUp();
  await step({ a: 1 });
  expect((await step({ a: 2 })).reused).toBe(false);
  expect((await step({ a: 1 }, true, '1.0.1')).reused).toBe(false);
  expect((await step({ a: 1 }, false)).reused).toBe(false);
  expect(compute).toHaveBeenCalledTimes(4);
});

it('does not trust a result whose artifact was changed, and heals it', async () => {
  const { store, compute, step } = await setUp();
  const { result } = await step({ a: 1 });
  await writeFile(fileURLToPath(result.nested.artifact.uri), 'tampered');
  expect((await step({ a: 1 })).reused).toBe(false);
  expect(compute).toHaveBeenCalledTimes(2);
  expect(Buffer.from(await store.get(result.nested.artifact)).toString()).toBe('result');
});
