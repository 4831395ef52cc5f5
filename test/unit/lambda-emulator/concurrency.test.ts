import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  DeleteFunctionConcurrencyCommand,
  GetFunctionCommand,
  GetFunctionConcurrencyCommand,
  InvokeCommand,
  PutFunctionConcurrencyCommand,
  type TooManyRequestsException,
} from '@aws-sdk/client-lambda';
import { beforeEach, expect, it } from 'vitest';
import { failureOf, FunctionName, openLambdaLab } from './lab.js';
import { zipOf } from './zips.js';

const lab = openLambdaLab();
const reserve = (ReservedConcurrentExecutions: number) =>
  lab.client.send(new PutFunctionConcurrencyCommand({ FunctionName, ReservedConcurrentExecutions }));
const reserved = async () =>
  (await lab.client.send(new GetFunctionConcurrencyCommand({ FunctionName }))).ReservedConcurrentExecutions;

/** Prints, then waits until `file` exists. */
const HANDLER = `
  if (event.file) {
    console.log('running');
    while (!existsSync(event.file)) await new Promise((resolve) => setTimeout(resolve, 10));
  }
  return 1`;

beforeEach(() => lab.create(zipOf(HANDLER, "import { existsSync } from 'node:fs';"), { Timeout: 30, Publish: true }));

it('is set, shown, kept over a restart and removed', async () => {
  expect(await reserved()).toBeUndefined();
  expect((await reserve(3)).ReservedConcurrentExecutions).toBe(3);
  await lab.restart();
  expect(await reserved()).toBe(3);
  const { Concurrency } = await lab.client.send(new GetFunctionCommand({ FunctionName }));
  expect(Concurrency).toEqual({ ReservedConcurrentExecutions: 3 });
  await lab.client.send(new DeleteFunctionConcurrencyCommand({ FunctionName }));
  expect(await reserved()).toBeUndefined();
  expect((await lab.client.send(new GetFunctionCommand({ FunctionName }))).Concurrency).toBeUndefined();
});

it('refuses impossible reservations', async () => {
  expect(await failureOf(reserve(-1))).toEqual(['InvalidParameterValueException', 400]);
  expect(await failureOf(reserve(1.5))).toEqual(['InvalidParameterValueException', 400]);
  const missing = { FunctionName: 'missing', ReservedConcurrentExecutions: 1 };
  expect(await failureOf(lab.client.send(new PutFunctionConcurrencyCommand(missing)))).toEqual([
    'ResourceNotFoundException',
    404,
  ]);
});

it('throttles what goes beyond it, over all versions', async () => {
  await reserve(1);
  const file = join(lab.directory, 'go');
  const running = lab.invoke({ file });
  await expect.poll(() => lab.lines).toEqual(['running']);
  const error = await lab.client
    .send(new InvokeCommand({ FunctionName, Qualifier: '1' }))
    .catch((thrown: unknown) => thrown as TooManyRequestsException);
  expect(error).toMatchObject({
    name: 'TooManyRequestsException',
    Reason: 'ReservedFunctionConcurrentInvocationLimitExceeded',
    $metadata: { httpStatusCode: 429 },
  });
  writeFileSync(file, '');
  expect((await running).payload).toBe(1);
  expect((await lab.invoke({}, '1')).payload).toBe(1);
});

it('throttles everything at 0', async () => {
  await reserve(0);
  expect(await failureOf(lab.invoke())).toEqual(['TooManyRequestsException', 429]);
  expect(await failureOf(lab.invoke({}, '9'))).toEqual(['ResourceNotFoundException', 404]);
  const metrics: unknown = await (await fetch(`${lab.endpoint.url}/metrics/f`)).json();
  expect(metrics).toEqual({ versions: {} });
});

it('is absent from a state without reservations, as from one of an older version', async () => {
  await reserve(1);
  await lab.client.send(new DeleteFunctionConcurrencyCommand({ FunctionName }));
  expect(readFileSync(join(lab.directory, 'state.json'), 'utf8')).not.toContain('reservedConcurrency');
  await lab.restart();
  expect((await lab.invoke()).payload).toBe(1);
});
