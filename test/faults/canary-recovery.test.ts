import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Activities } from '../../src/activities/index.js';
import type { PipelineOutcome } from '../../src/contracts/pipeline.js';
import { type Lab, openLab, sampleDefinition } from '../support/lab.js';
import { startTemporal } from '../support/temporal.js';
import { LIMIT_MS } from '../support/until.js';
import type { Hold } from '../support/watched-worker.js';

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

const first = ({ model }: Hold) => sampleDefinition(`model=${model}`, 'gate.minimum={}');
const second = ({ model }: Hold) =>
  sampleDefinition(
    ...[`model=${model}`, 'gate.minimum={}', 'gate.championMargin=-1', 'split.seed=7'],
    ...['deployment.strategy.kind=canary', 'deployment.strategy.bakeMinutes=0.01'],
    ...['deployment.judge.insufficient=probe', 'deployment.judge.minimumAgreement=0'],
    'deployment.judge.maxLatencyRatio=100',
  );

let temporal: TestWorkflowEnvironment;
let lab: Lab;
const closing: (() => Promise<void>)[] = [];
const outcomes = new Map<Hold, PipelineOutcome>();
/** What answered a caller while the worker was dead. */
const served = new Map<Hold, string>();

beforeAll(async () => {
  temporal = await startTemporal();
  lab = await openLab(temporal, 'default', (close) => closing.push(close));
  const quiet = await lab.work();
  await Promise.all(CASES.map(async ({ hold }) => (await lab.start(await first(hold))).result()));
  await quiet.kill();

  const dying = await lab.work(...CASES.map(({ hold }) => hold));
  const runs = await Promise.all(CASES.map(async ({ hold }) => lab.start(await second(hold))));
  await dying.held;
  await dying.kill();
  const event = { r: 45.88, g: 28.83, b: 25.29, hb: 11.98 };
  for (const { hold } of CASES) {
    const answer = await lab.deployer.invoke({ functionName: hold.model, qualifier: 'live', event });
    served.set(hold, answer.functionError ?? answer.executedVersion);
  }
  await lab.work();
  for (const [index, { hold }] of CASES.entries()) outcomes.set(hold, await runs[index]!.result());
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
