import { expect, it, onTestFinished } from 'vitest';
import { type Health, startHealthServer } from '../../../src/worker/health-server.js';

async function open(ask: () => Promise<Health>) {
  const server = await startHealthServer(0, ask);
  onTestFinished(() => server.close());
  return async (path: string) => {
    const response = await fetch(`http://127.0.0.1:${server.port}${path}`);
    return { status: response.status, body: await response.text() };
  };
}

it.each([
  [{ state: 'ready' } as const, 200, 200],
  [{ state: 'waiting', why: 'The worker is starting.' } as const, 200, 503],
  [{ state: 'failed', why: 'A worker has failed; its log says why.' } as const, 503, 503],
])('tells %j', async (health, alive, ready) => {
  const get = await open(() => Promise.resolve(health));
  expect(await get('/healthz')).toEqual({ status: alive, body: `${JSON.stringify(health)}\n` });
  expect(await get('/readyz?verbose')).toEqual({ status: ready, body: `${JSON.stringify(health)}\n` });
  expect((await get('/')).status).toBe(404);
});

it('is alive but not ready while Temporal cannot be asked', async () => {
  const get = await open(() => Promise.reject(new Error('14 UNAVAILABLE')));
  expect(await get('/healthz')).toMatchObject({ status: 200 });
  expect(await get('/readyz')).toEqual({
    status: 503,
    body: '{"state":"waiting","why":"Temporal cannot be reached."}\n',
  });
});

it('says which setting to change when the port is taken', async () => {
  const server = await startHealthServer(0, () => Promise.resolve({ state: 'ready' }));
  onTestFinished(() => server.close());
  await expect(startHealthServer(server.port, () => Promise.resolve({ state: 'ready' }))).rejects.toThrow(
    `Port ${server.port} is in use by another program: set MLOPS_HEALTH_PORT`,
  );
});
