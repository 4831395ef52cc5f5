import {
  CreateAliasCommand,
  CreateFunctionUrlConfigCommand,
  GetFunctionUrlConfigCommand,
  UpdateFunctionUrlConfigCommand,
} from '@aws-sdk/client-lambda';
import { beforeEach, describe, expect, it } from 'vitest';
import { failureOf, FunctionName, openLambdaLab } from './lab.js';
import { zipOf } from './zips.js';

const lab = openLambdaLab();
const { create } = lab;

describe('function URLs', () => {
  const key = { FunctionName, Qualifier: 'live' };
  let url: string;

  beforeEach(async () => {
    const answer =
      'if (event.rawPath === "/fail") throw new Error("x"); if (event.rawPath === "/plain") return { plain: true };';
    await create(
      zipOf(`${answer} return { statusCode: 201, headers: { "X-Seen": "yes" }, body: JSON.stringify(event) }`),
      { Publish: true },
    );
    await lab.client.send(new CreateAliasCommand({ FunctionName, Name: 'live', FunctionVersion: '1' }));
    url = (await lab.client.send(new CreateFunctionUrlConfigCommand({ ...key, AuthType: 'AWS_IAM' }))).FunctionUrl!;
  });

  it('keeps one configuration per alias', async () => {
    expect(await failureOf(lab.client.send(new CreateFunctionUrlConfigCommand({ ...key, AuthType: 'NONE' })))).toEqual([
      'ResourceConflictException',
      409,
    ]);
    expect((await lab.client.send(new UpdateFunctionUrlConfigCommand({ ...key, AuthType: 'NONE' }))).AuthType).toBe(
      'NONE',
    );
    expect(await lab.client.send(new GetFunctionUrlConfigCommand(key))).toMatchObject({
      AuthType: 'NONE',
      FunctionUrl: url,
    });
    expect((await fetch(url.replace('live', 'other'))).status).toBe(404);
  });

  it('makes a version 2.0 event and maps the answer back', async () => {
    const response = await fetch(`${url}a/b?x=1&x=2`, {
      method: 'POST',
      body: '{"r":1}',
      headers: { 'Content-Type': 'application/json', 'X-Own': 'v' },
    });
    expect([response.status, response.headers.get('x-seen'), response.headers.get('x-amz-executed-version')]).toEqual([
      201,
      'yes',
      '1',
    ]);
    expect(await response.json()).toMatchObject({
      version: '2.0',
      rawPath: '/a/b',
      rawQueryString: 'x=1&x=2',
      queryStringParameters: { x: '1,2' },
      headers: { 'x-own': 'v' },
      requestContext: { http: { method: 'POST', path: '/a/b' } },
      body: '{"r":1}',
      isBase64Encoded: false,
    });
  });

  it.each([
    ['application/x-www-form-urlencoded', true],
    ['application/octet-stream', true],
    ['text/plain', false],
    ['application/json; charset=utf-8', false],
  ])('hands %s over as base64: %s', async (type, base64) => {
    const response = await fetch(url, { method: 'POST', body: '{"r":1}', headers: { 'content-type': type } });
    const body = base64 ? Buffer.from('{"r":1}').toString('base64') : '{"r":1}';
    expect(await response.json()).toMatchObject({ body, isBase64Encoded: base64 });
  });

  it('answers 502 for a failed function and 200 for a plain value', async () => {
    expect((await fetch(`${url}fail`)).status).toBe(502);
    expect(await (await fetch(`${url}plain`)).json()).toEqual({ plain: true });
  });

  it('answers a too large upload cleanly', async () => {
    const response = await fetch(url, { method: 'POST', body: new Uint8Array(7 * 1024 * 1024) });
    expect(response.status).toBe(413);
    expect((await fetch(url, { method: 'POST', body: '{}' })).status).toBe(201);
  });
});

describe('who may call', () => {
  it('refuses foreign hosts and web pages', async () => {
    const { request } = await import('node:http');
    const status = (headers: Record<string, string>) =>
      new Promise((resolve, reject) => {
        const call = request(`${lab.endpoint.url}/2015-03-31/functions`, { headers }, (response) => {
          response.resume();
          resolve(response.statusCode);
        });
        call.on('error', reject).end();
      });
    expect(await status({})).toBe(200);
    expect(await status({ host: `localhost:${lab.endpoint.port}` })).toBe(200);
    expect(await status({ host: 'evil.example' })).toBe(403);
    expect(await status({ host: 'localhost.evil.example' })).toBe(403);
    expect(await status({ origin: 'https://evil.example' })).toBe(403);
  });

  it.runIf(process.platform === 'linux')(
    'answers to the name it was told to listen on, and to no further one',
    async () => {
      await lab.restart({ host: '127.0.0.2' });
      expect(lab.endpoint.url).toBe(`http://127.0.0.2:${lab.endpoint.port}`);
      const answer = await fetch(`${lab.endpoint.url}/2015-03-31/functions`);
      expect(answer.status).toBe(200);
      const { port } = lab.endpoint;
      await lab.restart({ port });
      await expect(fetch(`http://127.0.0.2:${port}/2015-03-31/functions`)).rejects.toThrow('fetch failed');
    },
  );

  it('names unknown operations and wrong methods', async () => {
    expect((await fetch(`${lab.endpoint.url}/2015-03-31/layers`)).status).toBe(404);
    expect((await fetch(`${lab.endpoint.url}/2015-03-31/functions`, { method: 'PATCH' })).status).toBe(405);
    expect((await fetch(`${lab.endpoint.url}/2015-03-31/functions/%E0%A4%A`)).status).toBe(400);
    expect(await (await fetch(`${lab.endpoint.url}/health`)).json()).toEqual({ status: 'ok' });
  });
});
