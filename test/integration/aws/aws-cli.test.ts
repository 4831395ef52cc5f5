import { execFile } from 'node:child_process';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startLambdaEndpoint, type LambdaEndpoint } from '../../../src/lambda-emulator/endpoint.js';
import { CREATED, zipOf } from '../../unit/lambda-emulator/zips.js';
import { makeDirectory } from '../../support/temp.js';
import { serviceProgram } from '../services.js';

const NAME = 'greeter';

let directory: string;
let endpoint: LambdaEndpoint;

beforeAll(async () => {
  directory = await makeDirectory();
  endpoint = await startLambdaEndpoint({ directory: join(directory, 'lambda'), port: 0 });
});

afterAll(async () => {
  await endpoint.close();
  await rm(directory, { recursive: true, force: true, maxRetries: 3 });
});

/** Runs `aws lambda` on our endpoint, gives what it prints. @throws what it says on standard error */
async function aws(command: string, ...args: string[]): Promise<Record<string, unknown>> {
  const all = ['--endpoint-url', endpoint.url, '--region', 'us-east-1', '--output', 'json', 'lambda', command];
  const { stdout } = await promisify(execFile)(serviceProgram('aws'), [...all, '--function-name', NAME, ...args], {
    env: {
      ...process.env,
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      AWS_CONFIG_FILE: join(directory, 'no-config'), // nor may a person's own settings matter
      AWS_SHARED_CREDENTIALS_FILE: join(directory, 'no-credentials'),
    },
  });
  return JSON.parse(stdout) as Record<string, unknown>;
}

it('the AWS command line works on the local endpoint', async () => {
  const [zip, output] = [join(directory, 'code.zip'), join(directory, 'answer.json')];
  const { Runtime, Role, Handler } = CREATED;

  await writeFile(zip, zipOf('return { greeting: `Hello ${event.name}`, by: context.functionVersion };'));
  const code = `fileb://${zip}`;
  const settings = ['--runtime', Runtime, '--role', Role, '--handler', Handler, '--memory-size', '256'];
  const created = await aws('create-function', ...settings, '--timeout', '5', '--zip-file', code);
  expect(created).toMatchObject({ FunctionName: NAME, Version: '$LATEST', Runtime, Role, Handler, MemorySize: 256 });
  const configuration = await aws('get-function-configuration');
  expect(configuration).toMatchObject({
    FunctionArn: created['FunctionArn'],
    CodeSha256: created['CodeSha256'],
    Timeout: 5,
    State: 'Active',
  });
  expect(await aws('publish-version', '--description', 'one')).toMatchObject({ Version: '1', Description: 'one' });

  await writeFile(zip, zipOf('return { greeting: `Bye ${event.name}`, by: context.functionVersion };'));
  await aws('update-function-code', '--zip-file', code);
  expect(await aws('publish-version')).toMatchObject({ Version: '2' });
  const { Versions } = await aws('list-versions-by-function');
  expect((Versions as { Version: string }[]).map(({ Version }) => Version)).toEqual(['$LATEST', '1', '2']);

  const alias = ['--name', 'live'];
  expect(await aws('create-alias', ...alias, '--function-version', '1')).toMatchObject({
    Name: 'live',
    FunctionVersion: '1',
  });
  await aws('invoke', '--qualifier', 'live', '--payload', '{"name":"Ada"}', output);
  expect(JSON.parse(await readFile(output, 'utf8'))).toEqual({ greeting: 'Hello Ada', by: '1' });
  expect(await aws('invoke', '--qualifier', '2', '--payload', '{"name":"Ada"}', output)).toMatchObject({
    StatusCode: 200,
    ExecutedVersion: '2',
  });
  expect(JSON.parse(await readFile(output, 'utf8'))).toEqual({ greeting: 'Bye Ada', by: '2' });

  const RoutingConfig = { AdditionalVersionWeights: { '2': 0.25 } };
  const canary = { Name: 'live', FunctionVersion: '1', RoutingConfig };
  const weights = ['--routing-config', JSON.stringify(RoutingConfig)];
  expect(await aws('update-alias', ...alias, ...weights)).toMatchObject(canary);
  expect(await aws('get-alias', ...alias)).toMatchObject(canary);
  expect(await aws('list-aliases')).toMatchObject({ Aliases: [canary] });

  const access = ['--qualifier', 'live', '--auth-type', 'NONE'];
  const { FunctionUrl } = await aws('create-function-url-config', ...access);
  const response = await fetch(FunctionUrl as string, { method: 'POST', body: '{}' });
  expect(response.status).toBe(200);
  expect(await response.json()).toMatchObject({ by: expect.stringMatching(/^[12]$/) as string });

  await expect(aws('get-alias', '--name', 'nobody')).rejects.toThrow('ResourceNotFoundException');
});
