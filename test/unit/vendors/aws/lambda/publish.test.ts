import {
  GetFunctionConcurrencyCommand,
  GetFunctionConfigurationCommand,
  type LambdaClient,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FunctionSettings } from '../../../../../src/contracts/definition.js';
import type { Deployer } from '../../../../../src/deploy/deployer.js';
import type { LambdaEndpoint } from '../../../../../src/lambda-emulator/endpoint.js';
import { deployerFor, failureType, openDeployerLab, zipOf } from './deployer-lab.js';
import { FOREST, modelDocument } from '../../../model/models.js';

let local: LambdaEndpoint;
let deployer: Deployer;
let client: LambdaClient;
let close: () => Promise<void>;

beforeAll(async () => {
  ({ local, deployer, client, close } = await openDeployerLab());
});
afterAll(() => close());

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
      ...{
        memoryMiB: 512,
        timeoutSeconds: 7,
        reservedConcurrency: 3,
        urlAccess: 'AWS_IAM',
        captureInputs: null,
        cors: null,
      },
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
