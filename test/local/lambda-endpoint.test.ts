import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CreateAliasCommand,
  CreateFunctionCommand,
  CreateFunctionUrlConfigCommand,
  DeleteAliasCommand,
  DeleteFunctionCommand,
  GetAliasCommand,
  GetFunctionCommand,
  GetFunctionConfigurationCommand,
  GetFunctionUrlConfigCommand,
  InvokeCommand,
  LambdaClient,
  ListAliasesCommand,
  ListFunctionsCommand,
  ListVersionsByFunctionCommand,
  PublishVersionCommand,
  UpdateAliasCommand,
  UpdateFunctionCodeCommand,
  UpdateFunctionConfigurationCommand,
  UpdateFunctionUrlConfigCommand,
  waitUntilFunctionActiveV2,
} from '@aws-sdk/client-lambda';
import { strToU8, zipSync } from 'fflate';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  startLambdaEndpoint,
  type LambdaEndpoint,
  type LambdaEndpointOptions,
} from '../../src/local/lambda/endpoint.js';
import { CREATED, zipOf } from './zips.js';

let directory: string;
let endpoint: LambdaEndpoint;
let client: LambdaClient;
const lines: string[] = [];
let draws: number[] = [];

async function start(options: Partial<LambdaEndpointOptions> = {}): Promise<void> {
  const random = () => draws.shift() ?? Math.random();
  endpoint = await startLambdaEndpoint({ directory, port: 0, random, onLog: (line) => lines.push(line), ...options });
  client = new LambdaClient({
    endpoint: endpoint.url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 1,
  });
}

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'lambda-'));
  lines.length = 0;
  draws = [];
  await start();
});

afterEach(async () => {
  client.destroy();
  await endpoint.close();
  rmSync(directory, { recursive: true, force: true });
});

const FunctionName = 'f';
const create = (zip: Uint8Array, more: object = {}) =>
  client.send(new CreateFunctionCommand({ FunctionName, Code: { ZipFile: zip }, ...CREATED, ...more }));
const update = (zip: Uint8Array) => client.send(new UpdateFunctionCodeCommand({ FunctionName, ZipFile: zip }));
const publish = async () => (await client.send(new PublishVersionCommand({ FunctionName }))).Version;
const invoke = async (event: unknown = {}, Qualifier?: string) => {
  const answer = await client.send(
    new InvokeCommand({
      FunctionName,
      Payload: JSON.stringify(event),
      ...(Qualifier === undefined ? {} : { Qualifier }),
    }),
  );
  const payload = JSON.parse(Buffer.from(answer.Payload!).toString('utf8')) as unknown;
  return { payload, version: answer.ExecutedVersion, error: answer.FunctionError };
};
const failure = async (call: Promise<unknown>): Promise<[name: string, status: number | undefined]> => {
  try {
    await call;
  } catch (error) {
    const { name, $metadata } = error as Error & { $metadata?: { httpStatusCode?: number } };
    return [name, $metadata?.httpStatusCode];
  }
  return ['no failure', undefined];
};

describe('functions and versions', () => {
  it('creates, updates, publishes and lists as Lambda does', async () => {
    const created = await create(zipOf('return 1'), {
      MemorySize: 256,
      Timeout: 10,
      Environment: { Variables: { A_B: 'c' } },
    });
    expect(created).toMatchObject({
      FunctionName,
      Version: '$LATEST',
      State: 'Active',
      MemorySize: 256,
      Timeout: 10,
      Handler: 'index.handler',
    });
    await waitUntilFunctionActiveV2({ client, maxWaitTime: 5 }, { FunctionName });
    expect(await failure(create(zipOf('return 1')))).toEqual(['ResourceConflictException', 409]);

    expect([await publish(), await publish()]).toEqual(['1', '1']);
    const second = await update(zipOf('return 2'));
    expect(second.CodeSha256).not.toBe(created.CodeSha256);
    expect(await publish()).toBe('2');
    await client.send(new UpdateFunctionConfigurationCommand({ FunctionName, MemorySize: 512 }));
    expect(await publish()).toBe('3');

    const { Versions } = await client.send(new ListVersionsByFunctionCommand({ FunctionName }));
    expect(Versions?.map(({ Version, MemorySize }) => [Version, MemorySize])).toEqual([
      ['$LATEST', 512],
      ['1', 256],
      ['2', 256],
      ['3', 512],
    ]);
    const one = await client.send(new GetFunctionConfigurationCommand({ FunctionName, Qualifier: '1' }));
    expect([one.Version, one.CodeSha256]).toEqual(['1', created.CodeSha256]);
    expect((await client.send(new ListFunctionsCommand({}))).Functions).toHaveLength(1);
    expect((await client.send(new GetFunctionCommand({ FunctionName }))).Configuration?.LastUpdateStatus).toBe(
      'Successful',
    );
    expect([(await invoke({}, '1')).payload, (await invoke({}, '2')).payload]).toEqual([1, 2]);

    await client.send(new DeleteFunctionCommand({ FunctionName }));
    expect(await failure(client.send(new GetFunctionCommand({ FunctionName })))).toEqual([
      'ResourceNotFoundException',
      404,
    ]);
  });

  it('publishes with the code', async () => {
    expect((await create(zipOf('return 1'), { Publish: true })).Version).toBe('1');
    expect(
      (await client.send(new UpdateFunctionCodeCommand({ FunctionName, ZipFile: zipOf('return 2'), Publish: true })))
        .Version,
    ).toBe('2');
  });

  it('keeps its preconditions', async () => {
    const { RevisionId, CodeSha256 } = await create(zipOf('return 1'));
    const stale = { FunctionName, RevisionId: 'stale' };
    expect(await failure(client.send(new PublishVersionCommand(stale)))).toEqual(['PreconditionFailedException', 412]);
    expect(await failure(client.send(new UpdateFunctionCodeCommand({ ...stale, ZipFile: zipOf('return 2') })))).toEqual(
      ['PreconditionFailedException', 412],
    );
    expect(await failure(client.send(new PublishVersionCommand({ FunctionName, CodeSha256: 'x' })))).toEqual([
      'InvalidParameterValueException',
      400,
    ]);
    expect((await client.send(new PublishVersionCommand({ FunctionName, RevisionId, CodeSha256 }))).Version).toBe('1');
  });

  it.each<[string, Uint8Array]>([
    ['no zip', strToU8('no zip')],
    ['a path that leaves the folder', zipSync({ '../evil.mjs': strToU8('1'), 'index.mjs': strToU8('1') })],
    ['an absolute path', zipSync({ '/tmp/evil.mjs': strToU8('1') })],
    [
      'an archive that unpacks without bound',
      zipSync({ 'index.mjs': new Uint8Array(251 * 1024 * 1024) }, { level: 1 }),
    ],
  ])('refuses %s', async (_, zip) => {
    expect(await failure(create(zip))).toEqual(['InvalidParameterValueException', 400]);
    expect((await client.send(new ListFunctionsCommand({}))).Functions).toEqual([]);
    expect(existsSync(join(directory, 'evil.mjs'))).toBe(false);
  });

  it.each<[string, object]>([
    ['a name with a slash', { FunctionName: 'a/../b' }],
    ['too little memory', { MemorySize: 64 }],
    ['another language', { Runtime: 'python3.12' }],
    ['a handler outside the folder', { Handler: '../x.handler' }],
  ])('refuses %s', async (_, more) =>
    expect(await failure(create(zipOf('return 1'), more))).toEqual(['InvalidParameterValueException', 400]),
  );

  it('finds everything again after a restart', async () => {
    await create(zipOf('return context.functionVersion'), { Publish: true });
    await client.send(new CreateAliasCommand({ FunctionName, Name: 'live', FunctionVersion: '1' }));
    await client.send(new CreateFunctionUrlConfigCommand({ FunctionName, Qualifier: 'live', AuthType: 'AWS_IAM' }));
    await endpoint.close();
    client.destroy();
    await start();
    expect(await invoke({}, 'live')).toMatchObject({ payload: '1', version: '1' });
    const { FunctionUrl } = await client.send(new GetFunctionUrlConfigCommand({ FunctionName, Qualifier: 'live' }));
    expect(FunctionUrl).toBe(`${endpoint.url}/function-url/f/live/`);
    expect(await publish()).toBe('1');
  });

  it('leaves the error of a taken port as it is', async () => {
    const second = mkdtempSync(join(tmpdir(), 'lambda-'));
    await expect(startLambdaEndpoint({ directory: second, port: endpoint.port })).rejects.toMatchObject({
      code: 'EADDRINUSE',
    });
    rmSync(second, { recursive: true });
  });
});

describe('aliases', () => {
  const alias = { FunctionName, Name: 'live' };

  beforeEach(async () => {
    await create(zipOf('return "one"'), { Publish: true });
    await client.send(new UpdateFunctionCodeCommand({ FunctionName, ZipFile: zipOf('return "two"'), Publish: true }));
  });

  it('moves under an optimistic lock', async () => {
    const { RevisionId } = await client.send(new CreateAliasCommand({ ...alias, FunctionVersion: '1' }));
    expect(await failure(client.send(new CreateAliasCommand({ ...alias, FunctionVersion: '1' })))).toEqual([
      'ResourceConflictException',
      409,
    ]);
    const moved = await client.send(new UpdateAliasCommand({ ...alias, FunctionVersion: '2', RevisionId }));
    expect(moved.FunctionVersion).toBe('2');
    expect(await failure(client.send(new UpdateAliasCommand({ ...alias, FunctionVersion: '1', RevisionId })))).toEqual([
      'PreconditionFailedException',
      412,
    ]);
    expect(await invoke({}, 'live')).toEqual({ payload: 'two', version: '2', error: undefined });
    expect((await client.send(new ListAliasesCommand({ FunctionName }))).Aliases).toHaveLength(1);
    await client.send(new DeleteAliasCommand(alias));
    expect(await failure(client.send(new GetAliasCommand(alias)))).toEqual(['ResourceNotFoundException', 404]);
  });

  it('draws by weight', async () => {
    await client.send(
      new CreateAliasCommand({
        ...alias,
        FunctionVersion: '1',
        RoutingConfig: { AdditionalVersionWeights: { 2: 0.25 } },
      }),
    );
    draws = [0, 0.2499, 0.25, 0.99];
    const versions: unknown[] = [];
    for (let i = 0; i < 4; i++) versions.push((await invoke({}, 'live')).version);
    expect(versions).toEqual(['2', '2', '1', '1']);
    const { RoutingConfig } = await client.send(new GetAliasCommand(alias));
    expect(RoutingConfig).toEqual({ AdditionalVersionWeights: { 2: 0.25 } });
    const cleared = await client.send(
      new UpdateAliasCommand({ ...alias, RoutingConfig: { AdditionalVersionWeights: {} } }),
    );
    expect(cleared.RoutingConfig).toBeUndefined();
  });

  it.each<[string, object]>([
    ['a weight above 1', { FunctionVersion: '1', RoutingConfig: { AdditionalVersionWeights: { 2: 1.5 } } }],
    ['a weight for itself', { FunctionVersion: '1', RoutingConfig: { AdditionalVersionWeights: { 1: 0.5 } } }],
    [
      'a weight beside $LATEST',
      { FunctionVersion: '$LATEST', RoutingConfig: { AdditionalVersionWeights: { 1: 0.5 } } },
    ],
    ['three versions', { FunctionVersion: '1', RoutingConfig: { AdditionalVersionWeights: { 2: 0.1, 3: 0.1 } } }],
    ['a number for a name', { Name: '7', FunctionVersion: '1' }],
  ])('refuses %s', async (_, more) => {
    const input = { ...alias, FunctionVersion: '1', ...more };
    expect(await failure(client.send(new CreateAliasCommand(input)))).toEqual(['InvalidParameterValueException', 400]);
  });

  it('knows no alias to a missing version', async () => {
    expect(await failure(client.send(new CreateAliasCommand({ ...alias, FunctionVersion: '9' })))).toEqual([
      'ResourceNotFoundException',
      404,
    ]);
    expect(await failure(invoke({}, 'live'))).toEqual(['ResourceNotFoundException', 404]);
  });
});

describe('invocations', () => {
  it('gives the handler its event, context and variables, and nothing of this process', async () => {
    process.env['LAMBDA_TEST_SECRET'] = 'secret';
    await create(
      zipOf(
        'return { event, version: context.functionVersion, left: context.getRemainingTimeInMillis() > 0, env: Object.keys(process.env) }',
      ),
      {
        Environment: { Variables: { MODE: 'x' } },
      },
    );
    const { payload } = await invoke({ a: 'ü' });
    delete process.env['LAMBDA_TEST_SECRET'];
    expect(payload).toMatchObject({ event: { a: 'ü' }, version: '$LATEST', left: true });
    const { env } = payload as { env: string[] };
    expect(env).toContain('MODE');
    expect(env).not.toContain('LAMBDA_TEST_SECRET');
  });

  it('reuses a process, and starts another for changed code', async () => {
    await create(zipOf('return ++calls', 'let calls = 0;'));
    expect([(await invoke()).payload, (await invoke()).payload]).toEqual([1, 2]);
    await update(zipOf('return 100 + ++calls', 'let calls = 0;'));
    expect((await invoke()).payload).toBe(101);
  });

  it('reports an error of the handler without a stack', async () => {
    await create(zipOf('throw new TypeError("went wrong")'));
    expect(await invoke()).toEqual({
      payload: { errorType: 'TypeError', errorMessage: 'went wrong' },
      version: '$LATEST',
      error: 'Unhandled',
    });
  });

  it.each<[string, string, object, RegExp]>([
    ['a crash', 'if (event.bad) process.exit(7)', {}, /exit status 7/],
    [
      'an exception outside the handler',
      'if (event.bad) { setTimeout(() => { throw new Error("late") }); await new Promise(() => {}) }',
      {},
      /exit status 1/,
    ],
    [
      'a time-out',
      'if (event.bad) await new Promise((resolve) => setTimeout(resolve, 60000))',
      { Timeout: 1 },
      /Task timed out after 1.00 seconds/,
    ],
    ['an endless loop', 'while (event.bad);', { Timeout: 1 }, /Task timed out after 1.00 seconds/],
    [
      'a memory blow-up',
      'const all = []; while (event.bad) all.push(new Array(100000).fill(Math.random()))',
      { MemorySize: 128, Timeout: 25 },
      /signal SIGABRT|exit status/,
    ],
  ])('survives %s: one failed request, then a new process', async (_, body, more, message) => {
    await create(zipOf(`${body}; return "fine"`), more);
    expect((await invoke()).payload).toBe('fine');
    const failed = await invoke({ bad: true });
    expect(failed.error).toBe('Unhandled');
    expect((failed.payload as { errorMessage: string }).errorMessage).toMatch(message);
    expect((await invoke()).payload).toBe('fine');
    const metrics = (await (await fetch(`${endpoint.url}/metrics/f`)).json()) as { versions: Record<string, object> };
    expect(metrics.versions['$LATEST']).toMatchObject({ requests: 3, errors: 1 });
  });

  it('reports code that cannot be loaded', async () => {
    await create(zipSync({ 'other.mjs': strToU8('1') }));
    expect(await invoke()).toMatchObject({
      error: 'Unhandled',
      payload: { errorMessage: "Cannot find module 'index'" },
    });
    await update(zipOf('return 1', 'throw new Error("no start");'));
    expect(await invoke()).toMatchObject({ error: 'Unhandled', payload: { errorMessage: 'no start' } });
  });

  it('answers twenty at once on two processes at most', async () => {
    await create(zipOf('await new Promise((resolve) => setTimeout(resolve, 5)); return [event.i, process.pid]'));
    const answers = await Promise.all(Array.from({ length: 20 }, (_, i) => invoke({ i })));
    const payloads = answers.map(({ payload }) => payload as [number, number]);
    expect(payloads.map(([i]) => i)).toEqual(Array.from({ length: 20 }, (_, i) => i));
    expect(new Set(payloads.map(([, pid]) => pid)).size).toBeLessThanOrEqual(2);
  });

  it('ends idle processes and, when it closes, all of them', async () => {
    await endpoint.close();
    client.destroy();
    await start({ idleMilliseconds: 10 });
    await create(zipOf('return process.pid'), { Timeout: 30 });
    const first = (await invoke()).payload as number;
    await gone(first);
    const second = (await invoke()).payload as number;
    expect(second).not.toBe(first);
    await update(zipOf('console.log(process.pid); await new Promise(() => { setInterval(() => {}, 1000) })'));
    lines.length = 0;
    const hanging = failure(invoke());
    await expect.poll(() => lines.length).toBe(1);
    await endpoint.close();
    await hanging;
    await gone(Number(lines[0]));
  });

  it('collects what functions print, by default into a file', async () => {
    await create(zipOf('console.log("out"); console.error("err"); return 1'));
    await invoke();
    await expect.poll(() => [...lines].sort()).toEqual(['err', 'out']);
    await endpoint.close();
    client.destroy();
    endpoint = await startLambdaEndpoint({ directory, port: 0 });
    await fetch(`${endpoint.url}/2015-03-31/functions/f/invocations`, { method: 'POST', body: '{}' });
    await endpoint.close();
    expect(readFileSync(join(directory, 'logs', 'f.log'), 'utf8')).toContain('out\n');
  });

  it('bounds payloads in both directions', async () => {
    await create(zipOf('return "x".repeat(event.size)'));
    expect(await failure(invoke({ x: 'y'.repeat(6 * 1024 * 1024) }))).toEqual(['RequestTooLargeException', 413]);
    expect(await invoke({ size: 7 * 1024 * 1024 })).toMatchObject({
      error: 'Unhandled',
      payload: { errorType: 'Function.ResponseSizeTooLarge' },
    });
    const broken = await fetch(`${endpoint.url}/2015-03-31/functions/f/invocations`, { method: 'POST', body: '{' });
    expect([broken.status, broken.headers.get('x-amzn-errortype')]).toEqual([400, 'InvalidRequestContentException']);
  });
});

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
    await client.send(new CreateAliasCommand({ FunctionName, Name: 'live', FunctionVersion: '1' }));
    url = (await client.send(new CreateFunctionUrlConfigCommand({ ...key, AuthType: 'AWS_IAM' }))).FunctionUrl!;
  });

  it('keeps one configuration per alias', async () => {
    expect(await failure(client.send(new CreateFunctionUrlConfigCommand({ ...key, AuthType: 'NONE' })))).toEqual([
      'ResourceConflictException',
      409,
    ]);
    expect((await client.send(new UpdateFunctionUrlConfigCommand({ ...key, AuthType: 'NONE' }))).AuthType).toBe('NONE');
    expect(await client.send(new GetFunctionUrlConfigCommand(key))).toMatchObject({
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
        const call = request(`${endpoint.url}/2015-03-31/functions`, { headers }, (response) => {
          response.resume();
          resolve(response.statusCode);
        });
        call.on('error', reject).end();
      });
    expect(await status({})).toBe(200);
    expect(await status({ host: `localhost:${endpoint.port}` })).toBe(200);
    expect(await status({ host: 'evil.example' })).toBe(403);
    expect(await status({ host: 'localhost.evil.example' })).toBe(403);
    expect(await status({ origin: 'https://evil.example' })).toBe(403);
  });

  it('names unknown operations and wrong methods', async () => {
    expect((await fetch(`${endpoint.url}/2015-03-31/layers`)).status).toBe(404);
    expect((await fetch(`${endpoint.url}/2015-03-31/functions`, { method: 'PATCH' })).status).toBe(405);
    expect((await fetch(`${endpoint.url}/2015-03-31/functions/%E0%A4%A`)).status).toBe(400);
    expect(await (await fetch(`${endpoint.url}/health`)).json()).toEqual({ status: 'ok' });
  });
});

/** Waits until a process has ended. */
async function gone(pid: number): Promise<void> {
  await expect
    .poll(
      () => {
        try {
          return process.kill(pid, 0);
        } catch {
          return false;
        }
      },
      { timeout: 10_000 },
    )
    .toBe(false);
}
