import { expect, it } from 'vitest';
import { PipelineFailure } from '../../../src/contracts/failures.js';
import { waitForStore } from '../../../src/worker/project-store.js';

const PROJECT = { taskQueue: 'queue', store: 'store' };

it('waits until the store can be read, ever longer, and says what for and how often that was tried', async () => {
  const said: string[] = [];
  const pauses: number[] = [];
  let tries = 0;
  const open = () => (++tries <= 7 ? Promise.reject(new Error('Reading failed.')) : Promise.resolve(PROJECT));
  const pause = (milliseconds: number) => Promise.resolve(void pauses.push(milliseconds));
  expect(await waitForStore('s3://models', open, (line) => void said.push(line), pause)).toBe(PROJECT);
  expect(pauses).toEqual([1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]);
  expect([said.length, said[0], said[6]]).toEqual([
    7,
    'Waiting for the store in s3://models, tried once, next try in 1 s: Reading failed.',
    'Waiting for the store in s3://models, tried 7 times, next try in 30 s: Reading failed.',
  ]);
});

it('ends with what no further try mends', async () => {
  const failure = new PipelineFailure('StorageUnusable', 'The bucket has another format.');
  const open = () => Promise.reject(failure);
  await expect(
    waitForStore('s3://models', open, expect.unreachable, () => expect.unreachable() as Promise<void>),
  ).rejects.toBe(failure);
});
