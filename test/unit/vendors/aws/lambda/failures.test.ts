import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Deployer } from '../../../../../src/deploy/deployer.js';
import { createLambdaDeployer } from '../../../../../src/vendors/aws/lambda/deployer.js';
import { startLambdaEndpoint, type LambdaEndpoint } from '../../../../../src/lambda-emulator/endpoint.js';
import { until } from '../../../../support/until.js';
import { credentials, deployerFor, failureType } from './deployer-lab.js';

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

describe('failures', () => {
  let fake: Server;
  let errorType = '';
  let status = 400;
  let requests = 0;
  const url = () => `http://127.0.0.1:${(fake.address() as AddressInfo).port}`;
  const target = { functionName: 'f', alias: 'live' };

  beforeAll(async () => {
    fake = createServer((_, response) => {
      requests++;
      response
        .writeHead(status, { 'content-type': 'application/json', 'x-amzn-errortype': errorType })
        .end('{"message":"as told"}');
    });
    await new Promise<void>((resolve) => fake.listen(0, '127.0.0.1', () => resolve()));
  });
  afterAll(() => fake.close());

  it.each([
    ['UnrecognizedClientException', 403, 'CredentialsRejected'],
    ['InvalidSignatureException', 403, 'CredentialsRejected'],
    ['ExpiredTokenException', 403, 'CredentialsRejected'],
    ['AccessDeniedException', 403, 'CredentialsRejected'],
    ['ServiceException', 500, 'Error'],
  ])('maps %s', async (type, code, expected) => {
    [errorType, status] = [type, code];
    expect(await failureType(deployerFor(url()).describe(target))).toBe(expected);
    await expect(deployerFor(url()).describe(target)).rejects.toThrow(
      new RegExp(`^Reading alias live of function f .*${type}`),
    );
  });

  it('tries a throttled call again, and takes the answer that comes then', async () => {
    [errorType, status] = ['TooManyRequestsException', 429];
    requests = 0;
    const call = deployerFor(url()).describe(target);
    await until(
      () => requests,
      (seen) => seen >= 3,
    );
    errorType = 'ResourceNotFoundException';
    status = 404;
    expect(await call).toBeNull();
  });

  it('keeps a lost connection retryable', async () => {
    const gone = await startLambdaEndpoint({ directory, port: 0 });
    await gone.close();
    const call = deployerFor(gone.url).invoke({ functionName: 'f', qualifier: 'live', event: {} });
    await expect(call).rejects.toThrow(/^Invoking function f:live failed with .*ECONNREFUSED/);
    expect(await failureType(call)).toBe('Error');
  });

  it('rejects missing credentials for good', async () => {
    for (const name of [
      'AWS_ACCESS_KEY_ID',
      'AWS_SECRET_ACCESS_KEY',
      'AWS_PROFILE',
      'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI',
    ]) {
      vi.stubEnv(name, undefined);
    }
    vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', join(directory, 'none'));
    vi.stubEnv('AWS_CONFIG_FILE', join(directory, 'none'));
    vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
    try {
      const chained = createLambdaDeployer({ endpoint: local.url, region: 'us-east-1', createMissing: true });
      expect(await failureType(chained.describe(target))).toBe('CredentialsRejected');
    } finally {
      vi.unstubAllEnvs();
    }
  });

  it('stops when it is told to', async () => {
    const signal = AbortSignal.abort();
    expect(await failureType(deployer.describe(target, { signal }))).toBe('AbortError');
    const reason = new Error('cancelled by the workflow');
    await expect(deployer.describe(target, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    const controller = new AbortController();
    const call = failureType(deployer.describe(target, { signal: controller.signal }));
    controller.abort();
    expect(await call).toBe('AbortError');
  });
});
