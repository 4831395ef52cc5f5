import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Definition } from '../../../src/contracts/definition.js';
import type { PipelineOutcome } from '../../../src/contracts/pipeline.js';
import { startLambdaEndpoint } from '../../../src/lambda-emulator/endpoint.js';
import { type Lab, openLab, type Run, sampleDefinition } from '../../support/lab.js';
import { connectTemporal } from '../../support/temporal.js';
import { LIMIT_MS, until } from '../../support/until.js';
import type { Hold } from '../../support/watched-worker.js';

const EVENT = { r: 45.88, g: 28.83, b: 25.29, hb: 11.98 };

/** What the new version does to some of its requests, and how the deployment tells of it. */
const FAULTS = [
  {
    model: 'unproven',
    when: "purpose === 'smoke-test'",
    fault: "throw new Error('broken')",
    reason: /does not answer as/,
  },
  {
    model: 'throwing',
    when: 'purpose === undefined',
    fault: "throw new Error('broken')",
    reason: /at most 1 % failed/,
  },
  { model: 'crashing', when: 'purpose === undefined', fault: 'process.exit(3)', reason: /at most 1 % failed/ },
  {
    model: 'slow',
    when: 'purpose === undefined',
    fault: 'await new Promise((resolve) => setTimeout(resolve, 400))',
    reason: /median latency at most 2 times/,
  },
  {
    model: 'differing',
    when: "purpose === 'probe'",
    fault:
      'const answer = await real(event, context); answer.predictions = answer.predictions.map((p) => 1 - p); return answer',
    reason: /agrees with function version 1 on at least 80 %/,
  },
];

const definitionOf = (model: string, ...more: string[]) =>
  sampleDefinition(`model=${model}`, 'gate.minimum={}', ...more);
const next = (model: string, ...more: string[]) =>
  definitionOf(
    model,
    ...['gate.championMargin=-1', 'split.seed=7', 'deployment.strategy.kind=canary', 'deployment.strategy.percent=50'],
    ...['deployment.strategy.bakeMinutes=0.05', 'deployment.judge.minimumRequests=10', ...more],
  );

let temporal: TestWorkflowEnvironment;
let lab: Lab;
const closing: (() => Promise<void>)[] = [];

beforeAll(async () => {
  temporal = await connectTemporal();
});
afterAll(async () => {
  for (const close of closing) await close();
  await temporal.teardown();
});

const open = async () => {
  lab = await openLab(temporal, (close) => closing.push(close));
  return lab;
};

/** Puts a handler in front of that of version 2 that has a fault. No process has loaded it yet. */
async function sabotage({ model, when, fault }: (typeof FAULTS)[number]): Promise<void> {
  const url = `${lab.lambda.url}/2015-03-31/functions/${model}/configuration?Qualifier=2`;
  const { CodeSha256 } = (await (await fetch(url)).json()) as { CodeSha256: string };
  const folder = join(lab.home, 'lambda', 'code', Buffer.from(CodeSha256, 'base64').toString('hex'));
  await rename(join(folder, 'index.mjs'), join(folder, 'real.mjs'));
  const code = `import { handler as real } from './real.mjs';
export const handler = async (event, context) => {
  const purpose = context.clientContext?.custom?.purpose;
  if (${when}) { ${fault}; }
  return real(event, context);
};`;
  await writeFile(join(folder, 'index.mjs'), code);
}

/** Callers until the run is over. Gives the versions that answered well. */
async function callUntilOver(model: string, run: Run): Promise<{ outcome: PipelineOutcome; answered: Set<string> }> {
  let over = false;
  const ended = run.result().finally(() => (over = true));
  const answered = new Set<string>();
  const isOver = () => over;
  while (!isOver()) {
    const answer = await lab.deployer.invoke({ functionName: model, qualifier: 'live', event: EVENT });
    if (answer.functionError === null) answered.add(answer.executedVersion);
  }
  return { outcome: await ended, answered };
}

async function expectFormer(definition: Definition): Promise<void> {
  expect(await lab.deployer.describe(definition.deployment)).toMatchObject({ functionVersion: '1', canary: null });
  expect(await lab.champions(definition)).toEqual([1]);
  const log = await lab.registry.log(definition.model);
  expect(log.filter(({ event }) => event === 'rolled-back')).toMatchObject([{ version: 2 }]);
  const answer = await lab.deployer.invoke({ functionName: definition.model, qualifier: 'live', event: EVENT });
  expect(answer).toMatchObject({ functionError: null, executedVersion: '1' });
}

describe('a new version', () => {
  const results = new Map<string, Awaited<ReturnType<typeof callUntilOver>>>();

  beforeAll(async () => {
    await open();
    const models = [...FAULTS.map(({ model }) => model), 'sound'];
    const quiet = await lab.work();
    for (const model of models) await (await lab.start(await definitionOf(model))).result();
    await quiet.kill();
    const holds = models.map((model): Hold => ({ model, activity: 'publishModel', at: 'after' }));
    const worker = await lab.work(...holds);
    const runs: Run[] = [];
    for (const model of models)
      runs.push(
        await lab.start(await next(model, `deployment.judge.minimumAgreement=${model === 'differing' ? 0.8 : 0}`)),
      );
    await worker.held;
    for (const fault of FAULTS) await sabotage(fault);
    worker.release();
    await Promise.all(models.map(async (model, i) => results.set(model, await callUntilOver(model, runs[i]!))));
  }, LIMIT_MS);

  it.each(FAULTS)('$model is taken back', async ({ model, reason }) => {
    const { outcome, answered } = results.get(model)!;
    expect(outcome).toMatchObject({ outcome: 'rolled-back', reason: expect.stringMatching(reason) as string });
    expect(answered).toContain('1');
    await expectFormer(await definitionOf(model));
  });

  it('that is sound is promoted by what callers sent', async () => {
    const { outcome } = results.get('sound')!;
    expect(outcome).toMatchObject({ outcome: 'deployed', reason: '' });
    expect(await lab.champions(await definitionOf('sound'))).toEqual([1, 2]);
  });
});

it(
  'an alias that someone else moved meanwhile ends the deployment, and ends on the former version',
  async () => {
    await open();
    const model = 'moved';
    const quiet = await lab.work();
    await (await lab.start(await definitionOf(model))).result();
    await quiet.kill();
    const worker = await lab.work({ model, activity: 'judgeTraffic', at: 'before' });
    const run = await lab.start(
      await next(model, 'deployment.judge.insufficient=probe', 'deployment.judge.minimumAgreement=0'),
    );
    await worker.held;
    await lab.deployer.routeAlias({
      ...{ functionName: model, alias: 'live' },
      routing: { functionVersion: '2', canary: { functionVersion: '1', percent: 1 } },
    });
    worker.release();
    expect(await run.result()).toMatchObject({
      outcome: 'rolled-back',
      reason: expect.stringContaining('was changed by someone else') as string,
    });
    await expectFormer(await definitionOf(model));
  },
  LIMIT_MS,
);

describe('a service that is down for a while', { timeout: LIMIT_MS }, () => {
  /** Takes the endpoint away while a worker holds, so long and until the deployment has failed several times. */
  async function outage(model: string, hold: Hold, seconds: number, ...settings: string[]): Promise<PipelineOutcome> {
    await open();
    const quiet = await lab.work();
    await (await lab.start(await definitionOf(model))).result();
    await quiet.kill();
    const worker = await lab.work(hold);
    const run = await lab.start(await next(model, 'deployment.judge.insufficient=probe', ...settings));
    await worker.held;
    await lab.lambda.close();
    const away = Date.now();
    worker.release();
    const deployment = lab.deployment(await definitionOf(model));
    const attempts = async () => (await deployment.describe()).raw.pendingActivities?.[0]?.attempt ?? 0;
    await until(attempts, (count) => count >= 3);
    await delay(seconds * 1000 - (Date.now() - away));
    expect((await deployment.describe()).status.name).toBe('RUNNING');
    const back = await startLambdaEndpoint({ directory: join(lab.home, 'lambda'), port: lab.lambda.port });
    closing.unshift(() => back.close());
    return run.result();
  }

  it('delays a deployment and no more, after half a minute', async () => {
    const model = 'down';
    const patient = ['deployment.judge.minimumAgreement=0', 'deployment.judge.maxLatencyRatio=100'];
    const outcome = await outage(model, { model, activity: 'judgeTraffic', at: 'before' }, 30, ...patient);
    expect(outcome).toMatchObject({ outcome: 'deployed' });
    expect(await lab.champions(await definitionOf(model))).toEqual([1, 2]);
  });

  it('delays the way back, which is tried until it is done', async () => {
    const model = 'back';
    // So strong a penalty that every answer is negative: a quarter of the rows is answered differently.
    const numb = 'candidates=[{"kind":"logistic-regression","options":{"inverseRegularization":0.0001}}]';
    const strict = 'deployment.judge.minimumAgreement=0.95';
    const outcome = await outage(model, { model, activity: 'judgeTraffic', at: 'after' }, 0, numb, strict);
    expect(outcome).toMatchObject({ outcome: 'rolled-back' });
    expect(outcome.reason).toMatch(/agrees with function version 1 on at least 95 % of rows, found 7\d/);
    await expectFormer(await definitionOf(model));
  });
});
