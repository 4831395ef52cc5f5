import type { RequestListener } from 'node:http';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type EvidentlyOptions, createEvidentlyClient } from '../../../../src/vendors/evidently/client.js';
import { serve } from '../../../support/serve.js';
import { freePorts } from '../../../support/temp.js';

const SECRET = 'a-secret-for-writing';
const SHAPE = z.object({ id: z.string() });
const WHO = '{"application": "Evidently UI", "version": "0.7.23", "commit": "-"}';

const said =
  (status: number, body: string, headers: Record<string, string> = {}): RequestListener =>
  (_, response) =>
    response.writeHead(status, headers).end(body);

async function clientOf(answer: RequestListener, options: Partial<EvidentlyOptions> = {}, who = WHO) {
  const requests: { method: string; url: string; secret: unknown }[] = [];
  const address = await serve((request, response) => {
    const { method = '', url = '' } = request;
    requests.push({ method, url, secret: request.headers['evidently-secret'] });
    if (url.endsWith('/api/version')) response.end(who);
    else answer(request, response);
  });
  return { client: createEvidentlyClient({ url: `${address}/base/`, secret: SECRET, ...options }), requests };
}

const faultOf = async (answer: RequestListener, options: Partial<EvidentlyOptions> = {}, who = WHO) => {
  const { client } = await clientOf(answer, options, who);
  return client.post('v2/snapshots/1', {}, SHAPE).catch((error: unknown) => error);
};

describe('an Evidently client', () => {
  it('asks below the address with its secret, for the version once', async () => {
    const { client, requests } = await clientOf(said(200, '{"id": "7", "more": 1}'));
    expect(await client.get('projects/search/a', SHAPE)).toEqual({ id: '7' });
    expect(await client.post('v2/projects', {}, SHAPE)).toEqual({ id: '7' });
    await client.remove('projects/1/2');
    expect(requests).toEqual(
      [
        ['GET', '/base/api/version'],
        ['GET', '/base/api/projects/search/a'],
        ['POST', '/base/api/v2/projects'],
        ['DELETE', '/base/api/projects/1/2'],
      ].map(([method, url]) => ({ method, url, secret: SECRET })),
    );
  });

  it('tells what is not there from what is, and sends no secret when it has none', async () => {
    const { client, requests } = await clientOf(said(404, '{"detail": "project not found"}'), { secret: null });
    expect(await client.get('projects/1/info', SHAPE)).toBeNull();
    await client.remove('projects/1/2');
    await expect(client.post('v2/snapshots/1', {}, SHAPE)).rejects.toThrow('worth another try');
    expect(new Set(requests.map(({ secret }) => secret))).toEqual(new Set([undefined]));
  });
});

describe('a server that may do better the next time', () => {
  it.each([429, 500, 503])('is one that answers %i', async (status) => {
    expect(await faultOf(said(status, ''))).toMatchObject({
      name: 'Error',
      message: expect.stringContaining(`answered ${status} to v2/snapshots`) as string,
    });
  });

  it('is one that is down, hangs up or does not answer in time', async () => {
    const [port] = await freePorts(1);
    const down = createEvidentlyClient({ url: `http://127.0.0.1:${port}`, secret: SECRET });
    await expect(down.get('projects', SHAPE)).rejects.toMatchObject({
      name: 'Error',
      message: expect.stringContaining('The Evidently server at') as string,
    });
    expect(await faultOf((_, response) => response.destroy())).toMatchObject({ name: 'Error' });
    expect(await faultOf(() => undefined, { timeoutMs: 300 })).toMatchObject({
      name: 'Error',
      message: expect.stringContaining('did not answer within 0.3 s') as string,
    });
  });
});

describe('a server that will never do', () => {
  it.each([
    ['answers a page', said(200, '<html>Welcome</html>'), WHO, 'is not what Evidently answers'],
    ['answers other JSON', said(200, '{"id": 7}'), WHO, '(id)'],
    ['says no', said(400, '{"detail": "no"}'), WHO, 'answered 400'],
    ['is another program', said(200, '{}'), '{"application": "Else", "version": "1"}', '(application)'],
    ['is too old', said(200, '{}'), WHO.replace('0.7.23', '0.6.7'), 'is version 0.6.7, and 0.7 is the oldest'],
    [
      'redirects',
      said(302, '', { location: 'https://elsewhere.example/?secret=1' }),
      WHO,
      'to https://elsewhere.example,',
    ],
  ])('is one that %s', async (_, answer, who, problem) => {
    const error = await faultOf(answer, {}, who);
    expect(error).toMatchObject({ type: 'EvidentlyUnusable', message: expect.stringContaining(problem) as string });
    expect(String(error)).toContain('EVIDENTLY_URL');
    expect(String(error)).not.toContain('secret');
  });

  it('is one that takes no document so long, and the remedy is told', async () => {
    expect(await faultOf(said(413, ''))).toMatchObject({
      type: 'EvidentlyUnusable',
      message: expect.stringContaining('--litestar-request-max-body-size') as string,
    });
  });

  it.each([
    [401, null, 'set EVIDENTLY_SECRET'],
    [403, SECRET, 'check that EVIDENTLY_SECRET'],
  ])('answers %i to a wrong secret', async (status, secret, remedy) => {
    const error = await faultOf(said(status, '{"detail": "Not enough permissions"}'), { secret });
    expect(error).toMatchObject({ type: 'CredentialsRejected', message: expect.stringContaining(remedy) as string });
    expect(String(error)).not.toContain(SECRET);
  });
});
