import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../../src/ml/random.js';
import type { MlflowClient } from '../../../../src/vendors/mlflow/client.js';
import { ensureRun } from '../../../../src/vendors/mlflow/runs.js';
import { AnswerLost, createMemoryMlflow } from './tracking/memory-mlflow.js';

const DRAFT = { experimentId: '1', key: 'train-1/run', name: 'train-1', startTime: 0, tags: {} };
const SEEDS = Array.from({ length: 300 }, (_, seed) => seed);

/** A server whose answers come in an order that the seed decides, with `lost` of the answers to callers lost. */
function shuffled(seed: number, lost: number) {
  const random = createRandom(seed);
  const mlflow = createMemoryMlflow();
  const waiting: (() => void)[] = [];
  const later = async <T>(ask: () => Promise<T>): Promise<T> => {
    await new Promise<void>((resolve) => waiting.push(resolve));
    const answer = await ask();
    await new Promise<void>((resolve) => waiting.push(resolve));
    if (random.float() < lost) throw new AnswerLost('');
    return answer;
  };
  const client: MlflowClient = {
    ...mlflow.client,
    get: (path, query, shape) => later(() => mlflow.client.get(path, query, shape)),
    send: (method, path, body, shape) => later(() => mlflow.client.send(method, path, body, shape)),
  };

  async function callers(count: number): Promise<string[]> {
    const calls = Promise.allSettled(Array.from({ length: count }, () => ensureRun(client, DRAFT)));
    let idle = 0;
    while (idle < 3) {
      await new Promise<void>((resolve) => setImmediate(resolve));
      const [next] = waiting.splice(random.below(Math.max(1, waiting.length)), 1);
      next?.();
      idle = next === undefined ? idle + 1 : 0;
    }
    return (await calls).flatMap((call) => {
      if (call.status === 'fulfilled') return [call.value.runId];
      if (call.reason instanceof AnswerLost) return [];
      throw call.reason;
    });
  }
  return { mlflow, callers };
}

describe.each([2, 3, 5])('%i who want the run of one key at once', (count) => {
  it('get the same one, in whatever order the answers come', async () => {
    for (const seed of SEEDS) {
      const { mlflow, callers } = shuffled(seed, 0);
      const got = await callers(count);
      expect(got).toHaveLength(count);
      expect(new Set(got), `seed ${seed}`).toEqual(new Set([got[0]]));
      expect(
        mlflow.runs().map(({ id }) => id),
        `seed ${seed}`,
      ).toEqual([got[0]]);
    }
  });

  it('get the same one as those who come later, whoever was cut off', async () => {
    let cutOff = 0;
    for (const seed of SEEDS) {
      const { mlflow, callers } = shuffled(seed, 0.1);
      const got = await callers(count);
      cutOff += count - got.length;
      const run = await ensureRun(mlflow.client, DRAFT);
      expect(new Set([...got, run.runId]), `seed ${seed}`).toEqual(new Set([run.runId]));
      expect(
        mlflow.runs().map(({ id }) => id),
        `seed ${seed}`,
      ).toEqual([run.runId]);
    }
    expect(cutOff).toBeGreaterThan(0);
  });
});
