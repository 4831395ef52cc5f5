import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Activities } from '../../../src/activities/index.js';
import type { PipelineOutcome } from '../../../src/contracts/pipeline.js';
import { type Lab, openLab, sampleDefinition } from '../../support/lab.js';
import { connectTemporal } from '../../support/temporal.js';
import { LIMIT_MS } from '../../support/until.js';
import type { Hold } from '../../support/watched-worker.js';

const CASES = (
  [
    ['before', 'recordDecision'],
    ['after', 'recordDecision'],
    ['before', 'publishModel'],
    ['after', 'publishModel'],
    ['after', 'smokeTest'],
    ['before', 'shiftTraffic'],
    ['after', 'shiftTraffic'],
    ['before', 'judgeTraffic'],
    ['after', 'judgeTraffic'],
    ['after', 'probeVersions'],
    ['before', 'promoteModel'],
    ['after', 'promoteModel'],
  ] as [Hold['at'], keyof Activities][]
).map(([at, activity]) => ({ at, activity, hold: { at, activity, model: `${at}-${activity.toLowerCase()}` } }));

/** Their new version answers otherwise than the former one, so they go back. */
const WAYS_BACK = (
  [
    ['after', 'judgeTraffic'],
    ['before', 'recordRollback'],
    ['after', 'recordRollback'],
  ] as [Hold['at'], keyof Activities][]
).map(([at, activity]) => ({ at, activity, hold: { at, activity, model: `back-${at}-${activity.toLowerCase()}` } }));

const first = ({ model }: Hold) => sampleDefinition(`model=${model}`, 'gate.minimum={}');
const second = ({ model }: Hold) =>
  sampleDefinition(
    ...[`model=${model}`, 'gate.minimum={}', 'gate.championMargin=-1', 'split.seed=7'],
    ...['deployment.strategy.kind=canary', 'deployment.strategy.bakeMinutes=0.01'],
    ...['deployment.judge.insufficient=probe', 'deployment.judge.minimumAgreement=0'],
    'deployment.judge.maxLatencyRatio=100',
  );
const worse = ({ model }: Hold) =>
  sampleDefinition(
    ...[`model=${model}`, 'gate.minimum={}', 'gate.championMargin=-1', 'deployment.strategy.kind=canary'],
    ...['deployment.strategy.bakeMinutes=0.01', 'deployment.judge.minimumAgreement=0.95'],
    'candidates=[{"kind":"logistic-regression","options":{"inverseRegularization":0.0001}}]',
  );

let temporal: TestWorkflowEnvironment;
let lab: Lab;
const closing: (() => Promise<void>)[] = [];
const outcomes = new Map<Hold, PipelineOutcome>();
/** What answered a caller while the worker was dead. */
const served = new Map<Hold, string>();

beforeAll(async () => {
  temporal = await connectTemporal();
  lab = await openLab(temporal, (close) => closing.push(close));
  const quiet = await lab.work();
  const all = [...CASES, ...WAYS_BACK];
  await Promise.all(all.map(async ({ hold }) => (await lab.start(await first(hold))).result()));
  await quiet.kill();

  const dying = await lab.work(...all.map(({ hold }) => hold));
  const runs = await Promise.all([
    ...CASES.map(async ({ hold }) => lab.start(await second(hold))),
    ...WAYS_BACK.map(async ({ hold }) => lab.start(await worse(hold))),
  ]);
  await dying.held;
  await dying.kill();
  const event = { r: 45.88, g: 28.83, b: 25.29, hb: 11.98 };
  for (const { hold } of all) {
    const answer = await lab.deployer.invoke({ functionName: hold.model, qualifier: 'live', event });
    served.set(hold, answer.functionError ?? answer.executedVersion);
  }
  await lab.work();
  for (const [index, { hold }] of all.entries()) outcomes.set(hold, await runs[index]!.result());
}, LIMIT_MS * 2);

afterAll(async () => {
  for (const close of closing) await close();
  await temporal.teardown();
});

describe('a canary deployment whose worker was killed', () => {
  it.each(CASES)('$at $activity', async ({ hold }) => {
    const definition = await second(hold);
    expect(['1', '2']).toContain(served.get(hold));
    expect(outcomes.get(hold)).toMatchObject({ outcome: 'deployed', model: { version: 2 } });
    expect(await lab.deployer.describe(definition.deployment)).toMatchObject({ functionVersion: '2', canary: null });
    expect(await lab.publishedVersions(hold.model)).toEqual(['1', '2']);
    expect(await lab.champions(definition)).toEqual([1, 2]);
    const traffic = (await lab.registry.log(hold.model)).flatMap((entry) =>
      entry.event === 'traffic' ? [entry.shares.map(({ version, percent }) => [version, percent])] : [],
    );
    expect(traffic).toEqual([[[1, 100]], [[1, 90], [2, 10]], [[2, 100]]]); // prettier-ignore
  });
});

describe('a deployment that goes back, whose worker was killed', () => {
  it.each(WAYS_BACK)('$at $activity', async ({ hold }) => {
    const definition = await worse(hold);
    expect(['1', '2']).toContain(served.get(hold));
    expect(outcomes.get(hold)).toMatchObject({ outcome: 'rolled-back' });
    expect(await lab.deployer.describe(definition.deployment)).toMatchObject({ functionVersion: '1', canary: null });
    expect(await lab.champions(definition)).toEqual([1]);
    const log = await lab.registry.log(hold.model);
    expect(log.filter(({ event }) => event === 'rolled-back')).toHaveLength(1);
  });
});
