import { GetFunctionUrlConfigCommand } from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { CorsPolicy } from '../../../../../src/contracts/definition.js';
import { DEFAULT_SETTINGS } from '../../../../../src/vendors/aws/lambda/settings.js';
import { deployerFor, failureType, openDeployerLab, zipOf } from './deployer-lab.js';

const CLINIC = 'https://clinic.example';
const POLICY: CorsPolicy = { allowOrigins: [CLINIC], allowHeaders: ['content-type'], maxAgeSeconds: 60 };
const key = { functionName: 'asked', alias: 'live' };
const BODY = JSON.stringify({ r: 45, g: 29, hb: 12 });

let lab: Awaited<ReturnType<typeof openDeployerLab>>;
beforeAll(async () => (lab = await openDeployerLab()));
afterAll(() => lab.close());

/** Publishes, routes and gives the address, as a deployment does. */
async function deploy(cors: CorsPolicy | null, createMissing = true): Promise<string> {
  const deployer = deployerFor(lab.local.url, createMissing);
  const settings = { ...DEFAULT_SETTINGS, cors };
  const { functionVersion } = await deployer.publish({ ...key, zip: await zipOf(), description: '', settings });
  await deployer.routeAlias({ ...key, routing: { functionVersion, canary: null } });
  return deployer.ensureUrl({ ...key, authType: 'AWS_IAM', cors });
}

const ask = (url: string, origin: string, method = 'POST') =>
  fetch(url, {
    method,
    headers: {
      origin,
      ...(method === 'OPTIONS' ? { 'access-control-request-method': 'POST' } : { 'content-type': 'application/json' }),
    },
    ...(method === 'POST' ? { body: BODY } : {}),
  });

it('opens a function URL to the pages of the definition, and to no others', async () => {
  const closed = await deploy(null);
  expect((await ask(closed, CLINIC)).headers.get('access-control-allow-origin')).toBeNull();

  const url = await deploy(POLICY);
  const preflight = await ask(url, CLINIC, 'OPTIONS');
  expect([preflight.status, Object.fromEntries(preflight.headers)]).toMatchObject([
    200,
    {
      'access-control-allow-origin': CLINIC,
      'access-control-allow-methods': 'GET,POST',
      'access-control-allow-headers': 'content-type',
      'access-control-max-age': '60',
    },
  ]);
  const answer = await ask(url, CLINIC);
  expect([answer.status, answer.headers.get('access-control-allow-origin')]).toEqual([200, CLINIC]);
  for (const origin of ['https://evil.example', 'null'])
    expect((await ask(url, origin)).headers.get('access-control-allow-origin')).toBeNull();

  // What says nothing of other pages leaves them as they are: a rollback does not close the door.
  await deploy(null);
  expect((await ask(url, CLINIC)).headers.get('access-control-allow-origin')).toBe(CLINIC);
});

it('tells the function itself, for front doors that leave the answer to it', async () => {
  await deploy(POLICY);
  const event = { httpMethod: 'OPTIONS', path: '/predict', headers: { Origin: CLINIC }, requestContext: {} };
  const { payload } = await lab.deployer.invoke({ ...key, qualifier: 'live', event });
  expect(payload).toMatchObject({ statusCode: 204, headers: { 'access-control-allow-origin': CLINIC } });
});

it('refuses to deploy where the function is not ours and its settings are others', async () => {
  await deploy(POLICY);
  expect(await deploy(POLICY, false)).toMatch(/asked\/live/);
  expect(await failureType(deploy({ ...POLICY, maxAgeSeconds: 61 }, false))).toBe('CorsNotSet');
  await expect(
    deployerFor(lab.local.url, false).ensureUrl({
      ...key,
      authType: 'AWS_IAM',
      cors: { ...POLICY, allowOrigins: ['*'] },
    }),
  ).rejects.toThrow(/the settings of its URL.*set function\.cors there/);
  const { Cors } = await lab.client.send(
    new GetFunctionUrlConfigCommand({ FunctionName: key.functionName, Qualifier: key.alias }),
  );
  expect(Cors).toMatchObject({ AllowOrigins: [CLINIC], MaxAge: 60, AllowCredentials: false });
});
