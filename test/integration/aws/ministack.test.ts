import { randomUUID } from 'node:crypto';
import {
  GetAliasCommand,
  InvokeCommand,
  LambdaClient,
  ListVersionsByFunctionCommand,
  type AliasConfiguration,
} from '@aws-sdk/client-lambda';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { openDeployer } from '../../../src/compose/open-deployer.js';
import { readConfig } from '../../../src/config/config.js';
import type { RollbackInput } from '../../../src/contracts/pipeline.js';
import { ROLLBACK } from '../../../src/contracts/names.js';
import { goldenRequests } from '../../../src/model/golden.js';
import { parseModelDocument } from '../../../src/model/model-document.js';
import type { rollbackModel } from '../../../src/workflows/rollback-model.js';
import { failureOf } from '../../support/failures.js';
import { openLab, sampleDefinition, type Lab } from '../../support/lab.js';
import { connectTemporal } from '../../support/temporal.js';
import { startMinistack, type Ministack } from './ministack.js';
import { claimed } from '../../support/people.js';

const CREATE = [
  'deployment.function.create=true',
  'deployment.function.role=arn:aws:iam::000000000000:role/lambda',
  'deployment.function.architecture=x86_64',
];
/** Other training rows, so another model, that is let through however it compares. */
const RESEEDED = ['split.seed=7', 'gate.championMargin=-1'];

const closing: (() => Promise<unknown>)[] = [];
let temporal: TestWorkflowEnvironment;
let ministack: Ministack;
let lab: Lab;
let client: LambdaClient;

beforeAll(async () => {
  ministack = await startMinistack();
  closing.push(ministack.close);
  temporal = await connectTemporal();
  closing.push(() => temporal.teardown());
  // The lab's worker takes its environment from ours, as do the SDK's clients.
  for (const [name, value] of Object.entries({ ...ministack.environment, MLOPS_DEPLOY_TO: 'aws' }))
    vi.stubEnv(name, value);
  lab = await openLab(temporal, (close) => closing.push(close));
  client = new LambdaClient();
  await lab.work();
});

afterAll(async () => {
  for (const close of closing.reverse()) await close();
  vi.unstubAllEnvs();
});

const create = (...settings: string[]) => sampleDefinition(...CREATE, ...settings);
const run = async (...settings: string[]) => (await lab.start(await create(...settings))).result();

async function target() {
  const { model, deployment } = await create();
  return { model, functionName: deployment.functionName, alias: deployment.alias };
}

async function liveAlias(): Promise<AliasConfiguration> {
  const { functionName, alias } = await target();
  return client.send(new GetAliasCommand({ FunctionName: functionName, Name: alias }));
}

async function publishedVersions() {
  const { functionName } = await target();
  const { Versions = [] } = await client.send(new ListVersionsByFunctionCommand({ FunctionName: functionName }));
  return Versions.map(({ Version }) => Version).filter((version) => version !== '$LATEST');
}

async function champion() {
  const { model } = await target();
  return (await lab.registry.alias(model, 'champion'))?.version;
}

/** Asks the function through its alias what the registered version knows the answers to. */
async function expectAnswersOf(version: number) {
  const { model, functionName, alias } = await target();
  const registered = await lab.registry.version(model, version);
  const golden = goldenRequests(parseModelDocument(await lab.store.get(registered.model)));
  expect(golden).not.toEqual([]);
  for (const { event, expected } of golden) {
    const answer = await client.send(
      new InvokeCommand({ FunctionName: functionName, Qualifier: alias, Payload: JSON.stringify(event) }),
    );
    expect(answer.FunctionError).toBeUndefined();
    expect(JSON.parse(answer.Payload!.transformToString())).toMatchObject({
      predictions: expected.prediction,
      score: expected.score,
    });
  }
}

it('does not make a function that is not its own to make', async () => {
  const run = await lab.start(await sampleDefinition('deployment.functionName=nobody-made-it'));
  expect(await failureOf(run)).toEqual({
    type: 'FunctionMissing',
    message: expect.stringMatching(/nobody-made-it .*Terraform/) as string,
  });
});

/** The life of one function: each step goes on where the one before ended. */
describe('on an AWS that is not ours', () => {
  it('makes the function and deploys a model that answers as the registered one', async () => {
    const outcome = await run();
    expect(outcome).toMatchObject({ outcome: 'deployed', unchanged: false, model: { version: 1 } });
    expect(outcome.endpoint?.url).toMatch(/^https?:\/\//);
    expect(await liveAlias()).toMatchObject({ FunctionVersion: '1' });
    expect(await champion()).toBe(1);
    await expectAnswersOf(1);
  });

  it('deploys another model as another version', async () => {
    expect(await run(...RESEEDED)).toMatchObject({ outcome: 'deployed', unchanged: false, model: { version: 2 } });
    expect(await liveAlias()).toMatchObject({ FunctionVersion: '2' });
    expect(await champion()).toBe(2);
    await expectAnswersOf(2);
  });

  it('reads the metrics of a version', async () => {
    const { functionName, alias } = await target();
    const [from, to] = [new Date(Date.now() - 600_000), new Date(Date.now() + 60_000)];
    const counts = await openDeployer(readConfig()).counts({ functionName, alias, functionVersion: '2', from, to });
    // It keeps no metrics by alias and version, so only the call itself is looked at.
    expect(counts).toEqual({ requests: 0, errors: 0, medianMs: null });
  });

  it('goes back to the former model', async () => {
    const input: RollbackInput = {
      ...(await target()),
      store: lab.project.store,
      to: null,
      because: 'to see it go back',
      ...claimed('a tester'),
    };
    const outcome = await lab.client.workflow.execute<typeof rollbackModel>(ROLLBACK, {
      workflowId: `rollback-${randomUUID()}`,
      taskQueue: lab.project.taskQueue,
      args: [input],
    });
    expect(outcome).toMatchObject({ outcome: 'deployed', from: 2, to: 1, deployment: { published: false } });
    const { FunctionVersion, RoutingConfig } = await liveAlias();
    expect({ FunctionVersion, weights: RoutingConfig?.AdditionalVersionWeights ?? {} }).toEqual({
      FunctionVersion: '1',
      weights: {},
    });
    expect(await champion()).toBe(1);
    const log = await lab.registry.log(input.model);
    const reason = expect.stringContaining('to see it go back') as string;
    expect(log.slice(-2)).toMatchObject([
      { event: 'traffic', shares: [{ version: 1, functionVersion: '1', percent: 100 }], by: 'a tester', reason },
      { event: 'alias', alias: 'champion', version: 1, previous: 2, by: 'a tester', reason },
    ]);
    await expectAnswersOf(1);
  });

  it('publishes nothing that is there already', async () => {
    expect(await run()).toMatchObject({ outcome: 'deployed', unchanged: true, model: { version: 1 } });
    expect(await liveAlias()).toMatchObject({ FunctionVersion: '1' });
    expect(await run(...RESEEDED)).toMatchObject({ outcome: 'deployed', unchanged: false, model: { version: 2 } });
    expect(await liveAlias()).toMatchObject({ FunctionVersion: '2' });
    expect(await publishedVersions()).toEqual(['1', '2']);
  });
});
