import { expect, it } from 'vitest';
import { type MlflowClient, MlflowRefusal } from '../../../../../src/vendors/mlflow/client.js';
import { showVerdicts } from '../../../../../src/vendors/mlflow/registry/model.js';

/** A server whose database refuses a tag so many times, as it does to one of two who set it at once. */
function refusing(times: number) {
  const tags = new Map<string, string>();
  let left = times;
  const client = {
    send: (_method: string, _path: string, body: { key: string; value: string }) => {
      if (left-- > 0) return Promise.reject(new MlflowRefusal('BAD_REQUEST', 'UNIQUE constraint failed'));
      tags.set(body.key, body.value);
      return Promise.resolve({});
    },
  } as unknown as MlflowClient; // the mirror sends only
  const show = () =>
    showVerdicts(client, 'model', 1, () => Promise.resolve({ gate: { passed: true }, decision: null, tags }));
  return { tags, show };
}

it('looks again when MLflow refuses one of two who set a tag at once', async () => {
  const { tags, show } = refusing(2);
  await show();
  expect([...tags]).toEqual([['mlops.gate', 'passed']]);
});

it('passes on a refusal that stays', async () => {
  const { tags, show } = refusing(100);
  await expect(show()).rejects.toThrow('UNIQUE constraint failed');
  expect(tags.size).toBe(0);
});
