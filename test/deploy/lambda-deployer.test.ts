import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  GetFunctionConcurrencyCommand,
  GetFunctionConfigurationCommand,
  LambdaClient,
  UpdateAliasCommand,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { FunctionSettings, Routing } from '../../src/contracts/deployment.js';
import type { Deployer } from '../../src/deploy/deployer.js';
import { routeAlias } from '../../src/deploy/lambda-alias.js';
import { startLambdaEndpoint, type LambdaEndpoint } from '../../src/local/lambda/endpoint.js';
import { goldenRequests } from '../../src/serving/golden.js';
import { credentials, deployerFor, failureType, zipOf } from './deployer-lab.js';
import { CART, FOREST, modelDocument } from '../serving/models.js';

let directory: string;
let local: LambdaEndpoint;
let deployer: Deployer;
let client: LambdaClient;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'deployer-'));
  local = await startLambdaEndpoint({ directory, port: 0 });
  deployer = deployerFor(local.url);
  client = new LambdaClient({ endpoint: local.url, region: 'us-east-1', credentials });
});

afterAll(async () => {
  client.destroy();
  await local.close();
  rmSync(directory, { recursive: true, force: true });
});

const all = (functionVersion: string): Routing => ({ functionVersion, canary: null });

describe('publish', () => {
  it('makes one version per code and configuration, however often it is called', async () => {
    const functionName = 'publish';
    const [first, second] = await Promise.all([zipOf(), zipOf(modelDocument(FOREST), 2)]);
    const one = await deployer.publish({ functionName, zip: first, description: 'one' });
    expect(one).toMatchObject({ functionVersion: '1', published: true });
    expect(await deployer.publish({ functionName, zip: first, description: 'one' })).toEqual({
      ...one,
      published: false,
    });
    expect(await deployer.publish({ functionName, zip: second, description: 'two' })).toMatchObject({
      functionVersion: '2',
      published: true,
    });
    expect(await deployer.publish({ functionName, zip: first, description: 'one' })).toEqual({
      ...one,
      published: false,
    });
    expect(await Promise.all(['2', '3'].map((number) => deployer.descriptionOf(functionName, number)))).toEqual([
      'two',
      null,
    ]);

    await client.send(new UpdateFunctionConfigurationCommand({ FunctionName: functionName, MemorySize: 512 }));
    expect(await deployer.publish({ functionName, zip: first, description: 'one' })).toMatchObject({
      functionVersion: '3',
      published: true,
    });
  });

  it('makes a function as it is told, keeps one that is ours at its settings, and leaves the others alone', async () => {
    const key = { FunctionName: 'settings' };
    const configuration = () => client.send(new GetFunctionConfigurationCommand(key));
    const settings: FunctionSettings = {
      ...{ create: true, role: 'arn:aws:iam::123456789012:role/lambda', runtime: 'nodejs24.x', architecture: 'x86_64' },
      ...{ memoryMiB: 512, timeoutSeconds: 7, reservedConcurrency: 3, urlAccess: 'AWS_IAM', captureInputs: null },
    };
    const careful = deployerFor(local.url, false);
    const order = { functionName: 'settings', zip: await zipOf(), description: '' };
    expect(await careful.publish({ ...order, settings })).toMatchObject({ functionVersion: '1' });
    expect(await configuration()).toMatchObject({
      ...{ Runtime: 'nodejs24.x', MemorySize: 512, Timeout: 7, Architectures: ['x86_64'], Role: settings.role },
    });
    const reserved = await client.send(new GetFunctionConcurrencyCommand(key));
    expect(reserved.ReservedConcurrentExecutions).toBe(3);

    const role = 'arn:aws:iam::123456789012:role/narrower';
    const changed = { ...settings, memoryMiB: 1024, reservedConcurrency: null, architecture: 'arm64' as const, role };
    expect(await careful.publish({ ...order, settings: { ...changed, create: false } })).toMatchObject({
      published: false,
    });
    expect(await careful.publish({ ...order, settings: changed })).toMatchObject({ functionVersion: '2' });
    expect(await configuration()).toMatchObject({ MemorySize: 1024, Architectures: ['arm64'], Role: role });
    expect(await careful.publish({ ...order, settings: changed })).toMatchObject({ published: false });
    expect((await client.send(new GetFunctionConcurrencyCommand(key))).ReservedConcurrentExecutions).toBeUndefined();

    const roleless = careful.publish({ ...order, functionName: 'roleless', settings: { ...settings, role: null } });
    await expect(roleless).rejects.toThrow('set deployment.function.role');
  });

  it('leaves a missing function to the owner of the infrastructure', async () => {
    const careful = deployerFor(local.url, false);
    const zip = await zipOf();
    expect(await failureType(careful.publish({ functionName: 'absent', zip, description: '' }))).toBe(
      'FunctionMissing',
    );
    await expect(careful.publish({ functionName: 'absent', zip, description: '' })).rejects.toThrow(
      /Function absent does not exist.*Terraform/,
    );
    expect(await failureType(careful.invoke({ functionName: 'absent', qualifier: '1', event: {} }))).toBe(
      'FunctionMissing',
    );
    expect(await careful.describe({ functionName: 'absent', alias: 'live' })).toBeNull();
  });
});

describe('alias and URL', () => {
  const target = { functionName: 'alias', alias: 'live' };

  beforeAll(async () => {
    await deployer.publish({ ...target, zip: await zipOf(), description: '' });
    await deployer.publish({ ...target, zip: await zipOf(modelDocument(FOREST), 2), description: '' });
  });

  it('moves, says what was before, and may be repeated', async () => {
    expect(await deployer.describe(target)).toBeNull();
    expect(await deployer.routeAlias({ ...target, routing: all('1') })).toEqual({
      changed: true,
      previous: null,
    });
    expect(await deployer.routeAlias({ ...target, routing: all('1') })).toEqual({
      changed: false,
      previous: all('1'),
    });
    expect(await deployer.routeAlias({ ...target, routing: all('2') })).toEqual({
      changed: true,
      previous: all('1'),
    });
    expect(await deployer.describe(target)).toMatchObject({ functionVersion: '2', url: null });
    expect(await failureType(deployer.routeAlias({ ...target, routing: all('99') }))).toBe('FunctionMissing');
  });

  it('takes weights away even when the version stays', async () => {
    await client.send(
      new UpdateAliasCommand({
        FunctionName: 'alias',
        Name: 'live',
        FunctionVersion: '2',
        RoutingConfig: { AdditionalVersionWeights: { 1: 1 } },
      }),
    );
    expect(await deployer.routeAlias({ ...target, routing: all('2') })).toEqual({
      changed: true,
      previous: { functionVersion: '2', canary: { functionVersion: '1', percent: 100 } },
    });
    const answer = await deployer.invoke({ functionName: 'alias', qualifier: 'live', event: {} });
    expect(answer.executedVersion).toBe('2');
  });

  it('gives a share of the traffic to a second version, and knows when someone else moved the alias', async () => {
    const trial: Routing = { functionVersion: '2', canary: { functionVersion: '1', percent: 7 } };
    expect(await deployer.routeAlias({ ...target, routing: trial, expected: all('2') })).toMatchObject({
      changed: true,
    });
    expect(await deployer.routeAlias({ ...target, routing: trial, expected: all('2') })).toMatchObject({
      changed: false,
    });
    expect(await deployer.describe(target)).toMatchObject(trial);

    await deployer.routeAlias({ ...target, routing: all('1') });
    const next = deployer.routeAlias({ ...target, routing: all('2'), expected: trial });
    expect(await failureType(next)).toBe('AliasMoved');
    await expect(next).rejects.toThrow(
      'on version 1, and the deployment had left it on version 2 with 7 % to version 1',
    );
    expect(await deployer.describe(target)).toMatchObject(all('1'));
  });

  it('counts what each version answered through the alias, without our direct calls', async () => {
    const from = new Date(Date.now() - 1000);
    await deployer.routeAlias({ ...target, routing: all('2') });
    const event = { r: 43, g: 30, hb: 10 };
    for (let i = 0; i < 5; i++) await deployer.invoke({ functionName: 'alias', qualifier: 'live', event });
    await deployer.invoke({ functionName: 'alias', qualifier: '2', event });
    await deployer.invoke({ functionName: 'alias', qualifier: '1', event });
    const window = { ...target, from, to: new Date(Date.now() + 1000) };
    const counts = await deployer.counts({ ...window, functionVersion: '2' });
    expect(counts.requests).toBeGreaterThanOrEqual(5);
    expect(counts.errors).toBe(0);
    expect(counts.medianMs).toBeGreaterThan(0);
    const earlier = { ...window, to: from, from: new Date(from.getTime() - 1000), functionVersion: '99' };
    expect(await deployer.counts(earlier)).toEqual({ requests: 0, errors: 0, medianMs: null });
  });

  it('does not overwrite what someone else did between its look and its move', async () => {
    await deployer.routeAlias({ ...target, routing: all('2') });
    const trial: Routing = { functionVersion: '2', canary: { functionVersion: '1', percent: 30 } };
    const slow = new LambdaClient({ endpoint: local.url, region: 'us-east-1', credentials });
    onTestFinished(() => slow.destroy());
    let moved = false;
    slow.middlewareStack.add(
      (next, { commandName }) =>
        async (args) => {
          if (commandName === 'UpdateAliasCommand' && !moved) {
            moved = true;
            await deployer.routeAlias({ ...target, routing: trial });
          }
          return next(args);
        },
      { step: 'initialize' },
    );
    const late = routeAlias(
      { client: slow, createMissing: false, send: {} },
      { ...target, routing: all('1'), expected: all('2') },
    );
    expect(await failureType(late)).toBe('AliasMoved');
    expect(await deployer.describe(target)).toMatchObject(trial);
  });

  it('makes the URL once, changes its kind of access, and serves there', async () => {
    await deployer.routeAlias({ ...target, routing: all('1') });
    const url = await deployer.ensureUrl({ ...target, authType: 'AWS_IAM' });
    expect(await deployer.ensureUrl({ ...target, authType: 'NONE' })).toBe(url);
    expect(await deployer.ensureUrl({ ...target, authType: 'NONE' })).toBe(url);
    expect((await deployer.describe(target))?.url).toBe(url);

    const curl = {
      method: 'POST',
      body: '{"r":43,"g":30,"hb":10}',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    };
    const response = await fetch(url, curl);
    expect([response.status, await response.json()]).toMatchObject([
      200,
      { predictions: 1, score: 0.9, label: 'Yes', model: { version: 1 } },
    ]);
    expect((await fetch(url, { ...curl, body: '{"r":"43"}' })).status).toBe(400);
    expect((await fetch(`${url}model`, { method: 'POST', body: '{}' })).status).toBe(405);
    expect(await (await fetch(`${url}health`)).json()).toMatchObject({ status: 'ok' });
    expect(await (await fetch(`${url}model`)).json()).toMatchObject({ name: 'anemia', version: 1, threshold: 0.5 });
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => fetch(url, curl).then((answer) => answer.status)),
    );
    expect(new Set(answers)).toEqual(new Set([200]));
  });

  it('answers golden requests as the model does', async () => {
    for (const { event, expected } of goldenRequests(modelDocument(CART))) {
      const answer = await deployer.invoke({ functionName: 'alias', qualifier: '1', event });
      expect(answer).toMatchObject({
        functionError: null,
        executedVersion: '1',
        payload: { predictions: expected.prediction, score: expected.score },
      });
    }
  });

  it('removes the alias with its URL, once', async () => {
    const url = await deployer.ensureUrl({ ...target, authType: 'NONE' });
    expect(await deployer.removeAlias(target)).toBe(true);
    expect(await deployer.removeAlias(target)).toBe(false);
    expect((await fetch(`${url}health`)).status).toBe(404);
    expect(await failureType(deployerFor(local.url, false).ensureUrl({ ...target, authType: 'NONE' }))).toBe(
      'FunctionMissing',
    );
    expect(await failureType(deployer.ensureUrl({ ...target, authType: 'AWS_IAM' }))).toBe('FunctionMissing');
  });
});
