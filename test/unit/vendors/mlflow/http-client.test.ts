import type { RequestListener } from 'node:http';
import { createServer } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import { type MlflowOptions, createMlflowClient } from '../../../../src/vendors/mlflow/client.js';
import { serve } from '../../../support/serve.js';
import { freePorts } from '../../../support/temp.js';

const PASSWORD = 'a-secret-password';
const SHAPE = z.object({ run: z.object({ id: z.string() }) });

interface Script {
  version?: string;
  /** For every path but the version's. */
  answer?: RequestListener;
}

const said =
  (status: number, body: string, headers: Record<string, string> = {}): RequestListener =>
  (_, response) =>
    response.writeHead(status, headers).end(body);
const refused = (code: string) => said(400, JSON.stringify({ error_code: code, message: `It is ${code}\nSELECT 1` }));

/** A client of a server that answers as scripted, and the requests that came. */
async function clientOf(
  { version = '3.17.2', answer = said(200, '{}') }: Script,
  options: Partial<MlflowOptions> = {},
) {
  const requests: { url: string; authorization: string | undefined; body: string }[] = [];
  const address = await serve((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (part: string) => (body += part));
    request.on('end', () => {
      requests.push({ url: request.url ?? '', authorization: request.headers.authorization, body });
      if (request.url?.endsWith('/version')) response.end(version);
      else answer(request, response);
    });
  });
  const uri = `${new URL(address).origin}/base/`;
  return { client: createMlflowClient({ uri, authorization: null, ...options }), requests, uri };
}

const faultOf = async (script: Script, options: Partial<MlflowOptions> = {}) => {
  const { client } = await clientOf(script, options);
  return client.get('runs/get', { run_id: '1' }, SHAPE).then(
    () => null,
    (error: unknown) => error,
  );
};

describe('an MLflow client', () => {
  it('asks below the address, for the version once', async () => {
    const { client, requests } = await clientOf({ answer: said(200, '{"run": {"id": "7"}, "more": 1}') });
    expect(await client.get('runs/get', { run_id: 'a b' }, SHAPE)).toEqual({ run: { id: '7' } });
    expect(await client.send('POST', 'runs/create', { name: 'ä' }, SHAPE)).toEqual({ run: { id: '7' } });
    expect(requests.map(({ url, body }) => [url, body])).toEqual([
      ['/base/version', ''],
      ['/base/api/2.0/mlflow/runs/get?run_id=a+b', ''],
      ['/base/api/2.0/mlflow/runs/create', '{"name":"ä"}'],
    ]);
  });

  it.each([
    [{ username: 'pipeline', password: PASSWORD }, `Basic ${btoa(`pipeline:${PASSWORD}`)}`],
    [{ token: PASSWORD }, `Bearer ${PASSWORD}`],
    [null, undefined],
  ])('says who asks, every time', async (authorization, header) => {
    const { client, requests } = await clientOf({}, { authorization });
    await client.putArtifact('1/a/model/MLmodel', new Uint8Array([104, 105]));
    expect(requests.map((request) => request.authorization)).toEqual([header, header]);
    expect(requests[1]).toMatchObject({
      url: '/base/api/2.0/mlflow-artifacts/artifacts/1/a/model/MLmodel',
      body: 'hi',
    });
  });

  it('tells an artifact that is not there from one that is', async () => {
    const missing = said(404, '{"error_code": "RESOURCE_DOES_NOT_EXIST", "message": "No such artifact"}');
    expect(await (await clientOf({ answer: missing })).client.getArtifact('1/x')).toBeNull();
    const bytes = await (await clientOf({ answer: said(200, 'hi') })).client.getArtifact('1/x');
    expect(Buffer.from(bytes!).toString()).toBe('hi');
  });

  it.each(['../x', 'a//b', 'a/./b', 'a/..', '', 'a?b', 'a%2fb', 'a b'])('takes no artifact path %j', async (path) => {
    const { client, requests } = await clientOf({});
    await expect(client.getArtifact(path)).rejects.toThrow('artifact path');
    await expect(client.putArtifact(path, new Uint8Array())).rejects.toThrow('artifact path');
    expect(requests.filter(({ url }) => !url.endsWith('/version'))).toEqual([]);
  });

  it('hands on what the server says no with, without its second line', async () => {
    expect(await faultOf({ answer: refused('RESOURCE_ALREADY_EXISTS') })).toMatchObject({
      name: 'MlflowRefusal',
      code: 'RESOURCE_ALREADY_EXISTS',
      message: 'MLflow refused runs/get: It is RESOURCE_ALREADY_EXISTS',
    });
  });
});

describe('a server that may do better the next time', () => {
  it.each([429, 500, 502, 503, 504])('is one that answers %i', async (status) => {
    const error = await faultOf({ answer: said(status, '{"error_code": "INTERNAL_ERROR", "message": ""}') });
    expect(error).toMatchObject({ name: 'Error', message: expect.stringContaining(`answered ${status}`) as string });
  });

  it('is one that is down', async () => {
    const [port] = await freePorts(1);
    const client = createMlflowClient({ uri: `http://127.0.0.1:${port}`, authorization: null });
    const asked = client.get('runs/get', {}, SHAPE);
    await expect(asked).rejects.toMatchObject({
      name: 'Error',
      message: expect.stringContaining('ECONNREFUSED') as string,
    });
  });

  it('is one that hangs up', async () => {
    const error = await faultOf({ answer: (_, response) => response.destroy() });
    expect(error).toMatchObject({ name: 'Error', message: expect.stringContaining('could not be reached') as string });
  });

  it('is one that does not answer in time, or not to the end', async () => {
    const never: RequestListener = () => undefined;
    const half: RequestListener = (_, response) => response.writeHead(200).write('{"run":');
    for (const answer of [never, half])
      expect(await faultOf({ answer }, { timeoutMs: 300 })).toMatchObject({
        name: 'Error',
        message: expect.stringContaining('did not answer within 0.3 s') as string,
      });
  });

  it('is asked for its version again', async () => {
    let up = false;
    const address = await serve((request, response) => {
      if (!up) response.writeHead(503).end();
      else if (request.url === '/version') response.end('3.17.2');
      else response.end('{"run": {"id": "8"}}');
    });
    const late = createMlflowClient({ uri: address, authorization: null });
    await expect(late.get('runs/get', {}, SHAPE)).rejects.toThrow('answered 503');
    up = true;
    expect(await late.get('runs/get', {}, SHAPE)).toEqual({ run: { id: '8' } });
  });
});

describe('a server that will never do', () => {
  it.each([
    ['answers a page', { answer: said(200, '<html>Welcome</html>') }, 'is not what MLflow answers'],
    ['answers other JSON', { answer: said(200, '{"run": {"id": 7}}') }, '(run.id)'],
    ['does not know the path', { answer: said(404, '<html>Not Found</html>') }, 'answered 404'],
    ['has no version', { version: '<html>Welcome</html>' }, 'does not tell its version'],
    ['is too old', { version: '2.8.1' }, 'is version 2.8, and 2.9 is the oldest'],
    [
      'redirects',
      { answer: said(302, '', { location: 'https://elsewhere.example/?secret=1' }) },
      'redirects to https://elsewhere.example,',
    ],
  ] satisfies [string, Script, string][])('is one that %s', async (_, script, problem) => {
    const error = await faultOf(script, { authorization: { token: PASSWORD } });
    expect(error).toMatchObject({ type: 'RegistryUnusable', message: expect.stringContaining(problem) as string });
    expect(String(error)).toContain('MLFLOW_TRACKING_URI');
    expect(String(error)).not.toContain('secret');
  });

  it.each(['2.9.0', '2.22.1', '3.0.0rc1', '10.1'])('is not one of version %s', async (version) => {
    expect(await faultOf({ version, answer: said(200, '{"run": {"id": "7"}}') })).toBeNull();
  });

  it('is one whose answer has no end', async () => {
    const piece = Buffer.alloc(1 << 20, 'x');
    const endless: RequestListener = (_, response) => {
      const more = () => {
        while (!response.destroyed && response.write(piece));
      };
      response.on('drain', more);
      more();
    };
    const error = await faultOf({ answer: endless });
    expect(error).toMatchObject({ type: 'RegistryUnusable', message: expect.stringContaining('64 MiB') as string });
  });

  it('is one that does not speak TLS where https is asked for', async () => {
    const plain = createServer((socket) => socket.on('error', () => undefined).end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    await new Promise<void>((resolve) => plain.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void plain.close());
    const { port } = plain.address() as { port: number };
    const client = createMlflowClient({ uri: `https://127.0.0.1:${port}`, authorization: null });
    await expect(client.get('runs/get', {}, SHAPE)).rejects.toMatchObject({
      type: 'RegistryUnusable',
      message: expect.stringContaining('NODE_EXTRA_CA_CERTS') as string,
    });
  });
});

describe('credentials', () => {
  it.each([
    [401, null, 'set MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, or MLFLOW_TRACKING_TOKEN'],
    [401, { username: 'pipeline', password: PASSWORD }, 'check MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD'],
    [403, { token: PASSWORD }, 'check MLFLOW_TRACKING_TOKEN'],
  ])('are named when %i says that they are wrong', async (status, authorization, remedy) => {
    const error = await faultOf({ answer: said(status, 'You are not authenticated.') }, { authorization });
    expect(error).toMatchObject({ type: 'CredentialsRejected', message: expect.stringContaining(remedy) as string });
    expect(String(error)).not.toContain(PASSWORD);
  });

  it('are not to blame when the server does not know its own name', async () => {
    const error = await faultOf({ answer: said(403, 'Invalid Host header - possible DNS rebinding attack detected') });
    expect(error).toMatchObject({ message: expect.stringContaining('--allowed-hosts') as string });
  });
});
