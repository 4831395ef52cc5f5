import { LambdaClient, UpdateAliasCommand } from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { Routing } from '../../../../../src/contracts/pipeline.js';
import type { Deployer } from '../../../../../src/deploy/deployer.js';
import { routeAlias } from '../../../../../src/vendors/aws/lambda/alias.js';
import type { LambdaEndpoint } from '../../../../../src/lambda-emulator/endpoint.js';
import { goldenRequests } from '../../../../../src/model/golden.js';
import { credentials, deployerFor, failureType, openDeployerLab, zipOf } from './deployer-lab.js';
import { CART, FOREST, modelDocument } from '../../../model/models.js';

let local: LambdaEndpoint;
let deployer: Deployer;
let client: LambdaClient;
let close: () => Promise<void>;

beforeAll(async () => {
  ({ local, deployer, client, close } = await openDeployerLab());
});
afterAll(() => close());

const all = (functionVersion: string): Routing => ({ functionVersion, canary: null });

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

  it('opens the URL of an alias whose name is as long as a definition lets it be', async () => {
    const long = { ...target, alias: 'a'.repeat(128) };
    await deployer.routeAlias({ ...long, routing: all('1') });
    const url = await deployer.ensureUrl({ ...long, authType: 'NONE' });
    expect((await fetch(`${url}health`)).status).toBe(200);
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
