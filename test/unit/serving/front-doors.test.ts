import { describe, expect, it } from 'vitest';
import type { CorsPolicy } from '../../../src/contracts/definition.js';
import { createHandler, type HttpAnswer } from '../../../src/serving/handler.js';
import { type Asked, FRONT_DOORS, functionUrl, ONE_PATH } from './front-doors.js';
import { modelDocument, registered } from '../model/models.js';

const CLINIC = 'https://clinic.example';
const POLICY: CorsPolicy = { allowOrigins: [CLINIC], allowHeaders: ['content-type'], maxAgeSeconds: 60 };
const BODY = JSON.stringify({ r: 43, g: 30, hb: 10 });

async function ask(event: object, cors: CorsPolicy | null = null) {
  const document = modelDocument();
  const handler = createHandler({
    ...{ document, meta: registered(document, 3).meta, captureInputs: true, cors },
    ...{ now: () => new Date('2026-01-02T03:04:05Z'), newId: () => '0f8c2a1e-5b7d-4c39-9e60-aa0000000003' },
    writeLine: () => undefined,
  });
  const answer = (await handler(event)) as HttpAnswer;
  const body = answer.body === '' ? null : (JSON.parse(answer.body) as Record<string, unknown>);
  return { ...answer, body };
}

const everyDoor = Object.entries({ ...FRONT_DOORS, 'function URL': functionUrl });

describe.each(everyDoor)('behind a %s', (_, door) => {
  it.each<[Asked, object]>([
    [
      { method: 'POST', path: '/predict', body: BODY },
      { predictions: 1, label: 'Yes' },
    ],
    [{ method: 'POST', path: '/invocations', body: BODY }, { predictions: 1 }],
    [{ method: 'GET', path: '/health' }, { status: 'ok' }],
    [{ method: 'GET', path: '/model' }, { name: 'anemia' }],
  ])('answers %o', async (asked, expected) => {
    const { statusCode, body } = await ask(door(asked));
    expect([statusCode, body]).toMatchObject([200, expected]);
  });

  it('knows no other path and no other method', async () => {
    expect(await ask(door({ method: 'GET', path: '/predict' }))).toMatchObject({ statusCode: 405 });
    expect(await ask(door({ method: 'DELETE', path: '/model' }))).toMatchObject({ statusCode: 405 });
  });

  it('lets no other page ask unless told', async () => {
    const { statusCode, headers, body } = await ask(door({ method: 'OPTIONS', path: '/predict', origin: CLINIC }));
    expect([statusCode, Object.keys(headers).filter((name) => name.startsWith('access-control'))]).toEqual([405, []]);
    expect(body).toMatchObject({ error: { message: expect.stringContaining('deployment.function.cors') as string } });
  });
});

it.each(Object.entries(ONE_PATH))('takes the one path of a %s for a question', async (_, door) => {
  expect(await ask(door({ method: 'POST', path: '', body: BODY }))).toMatchObject({ statusCode: 200 });
});

it('finds nothing at a path that no door maps', async () => {
  const { statusCode } = await ask(functionUrl({ method: 'POST', path: '/admin', body: BODY }));
  expect(statusCode).toBe(404);
});

describe.each(Object.entries(FRONT_DOORS))('a page that the policy names, behind a %s', (_, door) => {
  it('is told before it asks', async () => {
    const { statusCode, headers, body } = await ask(
      door({ method: 'OPTIONS', path: '/predict', origin: CLINIC }),
      POLICY,
    );
    expect([statusCode, body]).toEqual([204, null]);
    expect(headers).toEqual({
      'access-control-allow-origin': CLINIC,
      'access-control-allow-methods': 'GET, POST',
      'access-control-allow-headers': 'content-type',
      'access-control-max-age': '60',
      vary: 'origin',
    });
  });

  it('may read answers and refusals', async () => {
    for (const body of [BODY, '{"hb":NaN}']) {
      const { headers } = await ask(door({ method: 'POST', path: '/predict', body, origin: CLINIC }), POLICY);
      expect(headers).toMatchObject({ 'access-control-allow-origin': CLINIC, vary: 'origin' });
    }
  });

  it.each(['https://evil.example', 'null', 'https://clinic.example.evil.example'])(
    'is not taken for one of %s',
    async (origin) => {
      for (const asked of [
        { method: 'OPTIONS', path: '/predict', origin },
        { method: 'POST', path: '/predict', body: BODY, origin },
      ])
        expect((await ask(door(asked), POLICY)).headers).not.toHaveProperty('access-control-allow-origin');
    },
  );
});

it('lets every page ask by *, and none without an origin', async () => {
  const everyone = { ...POLICY, allowOrigins: ['*'] };
  const door = FRONT_DOORS['load balancer']!;
  const asked = { method: 'POST', path: '/predict', body: BODY };
  expect((await ask(door({ ...asked, origin: 'https://x.example' }), everyone)).headers).toMatchObject({
    'access-control-allow-origin': '*',
  });
  expect((await ask(door(asked), everyone)).headers).not.toHaveProperty('access-control-allow-origin');
});

it('leaves the headers of a function URL to AWS, which adds them itself', async () => {
  const { headers } = await ask(functionUrl({ method: 'POST', path: '/', body: BODY, origin: CLINIC }), POLICY);
  expect(Object.keys(headers).sort()).toEqual(['cache-control', 'content-type']);
});

it('says what a preflight is where a function URL has passed on another OPTIONS', async () => {
  const plain = functionUrl({ method: 'OPTIONS', path: '/' });
  expect(await ask(plain, POLICY)).toMatchObject({
    statusCode: 405,
    body: { error: { message: expect.stringContaining('OPTIONS needs the headers Origin and') as string } },
  });
});

it('lists its headers for a load balancer that lists them', async () => {
  const listed = await ask(FRONT_DOORS['load balancer, headers as lists']!({ method: 'GET', path: '/health' }));
  expect(listed.multiValueHeaders).toMatchObject({ 'content-type': ['application/json'] });
  const plain = await ask(FRONT_DOORS['load balancer']!({ method: 'GET', path: '/health' }));
  expect(plain).not.toHaveProperty('multiValueHeaders');
});
