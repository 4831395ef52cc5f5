import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CreateAliasCommand,
  CreateFunctionUrlConfigCommand,
  DeleteFunctionCommand,
  GetFunctionCommand,
  GetFunctionConfigurationCommand,
  GetFunctionUrlConfigCommand,
  ListFunctionsCommand,
  ListVersionsByFunctionCommand,
  PublishVersionCommand,
  UpdateFunctionCodeCommand,
  UpdateFunctionConfigurationCommand,
  waitUntilFunctionActiveV2,
} from '@aws-sdk/client-lambda';
import { strToU8, zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { startLambdaEndpoint } from '../../../src/lambda-emulator/endpoint.js';
import { failureOf, FunctionName, openLambdaLab } from './lab.js';
import { zipOf } from './zips.js';

const lab = openLambdaLab();
const { create, update, publish, invoke } = lab;

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
    await waitUntilFunctionActiveV2({ client: lab.client, maxWaitTime: 5 }, { FunctionName });
    expect(await failureOf(create(zipOf('return 1')))).toEqual(['ResourceConflictException', 409]);

    expect([await publish(), await publish()]).toEqual(['1', '1']);
    const second = await update(zipOf('return 2'));
    expect(second.CodeSha256).not.toBe(created.CodeSha256);
    expect(await publish()).toBe('2');
    await lab.client.send(new UpdateFunctionConfigurationCommand({ FunctionName, MemorySize: 512 }));
    expect(await publish()).toBe('3');

    const { Versions } = await lab.client.send(new ListVersionsByFunctionCommand({ FunctionName }));
    expect(Versions?.map(({ Version, MemorySize }) => [Version, MemorySize])).toEqual([
      ['$LATEST', 512],
      ['1', 256],
      ['2', 256],
      ['3', 512],
    ]);
    const one = await lab.client.send(new GetFunctionConfigurationCommand({ FunctionName, Qualifier: '1' }));
    expect([one.Version, one.CodeSha256]).toEqual(['1', created.CodeSha256]);
    expect((await lab.client.send(new ListFunctionsCommand({}))).Functions).toHaveLength(1);
    expect((await lab.client.send(new GetFunctionCommand({ FunctionName }))).Configuration?.LastUpdateStatus).toBe(
      'Successful',
    );
    expect([(await invoke({}, '1')).payload, (await invoke({}, '2')).payload]).toEqual([1, 2]);

    await lab.client.send(new DeleteFunctionCommand({ FunctionName }));
    expect(await failureOf(lab.client.send(new GetFunctionCommand({ FunctionName })))).toEqual([
      'ResourceNotFoundException',
      404,
    ]);
  });

  it('takes 4 KB of variables at most, names included', async () => {
    const variables = (bytes: number) => ({ Environment: { Variables: { CORS: 'x'.repeat(bytes - 'CORS'.length) } } });
    expect(await failureOf(create(zipOf('return 1'), variables(4097)))).toEqual([
      'InvalidParameterValueException',
      400,
    ]);
    expect(await create(zipOf('return 1'), variables(4096))).toMatchObject({ State: 'Active' });
  });

  it('publishes with the code', async () => {
    expect((await create(zipOf('return 1'), { Publish: true })).Version).toBe('1');
    expect(
      (
        await lab.client.send(
          new UpdateFunctionCodeCommand({ FunctionName, ZipFile: zipOf('return 2'), Publish: true }),
        )
      ).Version,
    ).toBe('2');
  });

  it('keeps its preconditions', async () => {
    const { RevisionId, CodeSha256 } = await create(zipOf('return 1'));
    const stale = { FunctionName, RevisionId: 'stale' };
    expect(await failureOf(lab.client.send(new PublishVersionCommand(stale)))).toEqual([
      'PreconditionFailedException',
      412,
    ]);
    expect(
      await failureOf(lab.client.send(new UpdateFunctionCodeCommand({ ...stale, ZipFile: zipOf('return 2') }))),
    ).toEqual(['PreconditionFailedException', 412]);
    expect(await failureOf(lab.client.send(new PublishVersionCommand({ FunctionName, CodeSha256: 'x' })))).toEqual([
      'InvalidParameterValueException',
      400,
    ]);
    expect((await lab.client.send(new PublishVersionCommand({ FunctionName, RevisionId, CodeSha256 }))).Version).toBe(
      '1',
    );
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
    expect(await failureOf(create(zip))).toEqual(['InvalidParameterValueException', 400]);
    expect((await lab.client.send(new ListFunctionsCommand({}))).Functions).toEqual([]);
    expect(existsSync(join(lab.directory, 'evil.mjs'))).toBe(false);
  });

  it.each<[string, object]>([
    ['a name with a slash', { FunctionName: 'a/../b' }],
    ['too little memory', { MemorySize: 64 }],
    ['another language', { Runtime: 'python3.12' }],
    ['a handler outside the folder', { Handler: '../x.handler' }],
  ])('refuses %s', async (_, more) =>
    expect(await failureOf(create(zipOf('return 1'), more))).toEqual(['InvalidParameterValueException', 400]),
  );

  it('finds everything again after a restart', async () => {
    await create(zipOf('return context.functionVersion'), { Publish: true });
    await lab.client.send(new CreateAliasCommand({ FunctionName, Name: 'live', FunctionVersion: '1' }));
    await lab.client.send(new CreateFunctionUrlConfigCommand({ FunctionName, Qualifier: 'live', AuthType: 'AWS_IAM' }));
    await lab.restart();
    expect(await invoke({}, 'live')).toMatchObject({ payload: '1', version: '1' });
    const { FunctionUrl } = await lab.client.send(new GetFunctionUrlConfigCommand({ FunctionName, Qualifier: 'live' }));
    expect(FunctionUrl).toBe(`${lab.endpoint.url}/function-url/f/live/`);
    expect(await publish()).toBe('1');
  });

  it('leaves the error of a taken port as it is', async () => {
    const second = mkdtempSync(join(tmpdir(), 'lambda-'));
    await expect(startLambdaEndpoint({ directory: second, port: lab.endpoint.port })).rejects.toMatchObject({
      code: 'EADDRINUSE',
    });
    rmSync(second, { recursive: true });
  });
});
