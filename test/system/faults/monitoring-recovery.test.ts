import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Activities } from '../../../src/activities/index.js';
import type { CheckOutcome } from '../../../src/contracts/monitoring.js';
import { type Lab, openLab, sampleDefinition } from '../../support/lab.js';
import { connectTemporal } from '../../support/temporal.js';
import { LIMIT_MS } from '../../support/until.js';
import type { Hold } from '../../support/watched-worker.js';
import { ownId } from '../../../src/contracts/names.js';

const CASES = (
  [
    ['before', 'compareWindow'],
    ['after', 'compareWindow'],
    ['after', 'concludeCheck'],
    ['before', 'reportCheck'],
    ['after', 'reportCheck'],
    ['before', 'concludeCheck'],
    ['before', 'dueAlerts'],
    ['after', 'dueAlerts'],
    ['before', 'sendAlert'],
    ['after', 'sendAlert'],
    ['before', 'ingestDataset'],
    ['after', 'ingestDataset'],
    ['before', 'claimRetraining'],
    ['after', 'claimRetraining'],
    ['before', 'finishRetraining'],
    ['after', 'finishRetraining'],
  ] as [Hold['at'], keyof Activities][]
).map(([at, activity]) => ({ at, activity, hold: { at, activity, model: `${at}-${activity.toLowerCase()}` } }));

const MONITORING = [
  'monitoring.drift.alarm.windows=1',
  'monitoring.drift.alarm.of=1',
  'monitoring.drift.minimumRows=50',
];
const trained = ({ model }: Hold) => sampleDefinition(`model=${model}`, 'gate.minimum={}', ...MONITORING);
/** Another split is another model: something new to learn. */
const watched = ({ model }: Hold) =>
  sampleDefinition(`model=${model}`, 'gate.minimum={}', 'gate.championMargin=-1', 'split.seed=7', ...MONITORING);

/** People unlike those of the sample. */
const STRANGE = Array.from({ length: 120 }, (_, i) => ({ r: 55 + (i % 7) / 10, g: 20, b: 24.9, hb: 4 + (i % 5) / 10 }));

let temporal: TestWorkflowEnvironment;
let lab: Lab;
const closing: (() => Promise<void>)[] = [];
const outcomes = new Map<Hold, CheckOutcome>();

beforeAll(async () => {
  temporal = await connectTemporal();
  lab = await openLab(temporal, (close) => closing.push(close));
  const quiet = await lab.work();
  const definitions = await Promise.all(CASES.map(({ hold }) => trained(hold)));
  await Promise.all(definitions.map(async (definition) => (await lab.start(definition)).result()));
  await Promise.all(definitions.map((definition) => lab.predict(definition, STRANGE)));
  await quiet.kill();

  const dying = await lab.work(...CASES.map(({ hold }) => hold));
  const checks = await Promise.all(CASES.map(async ({ hold }) => lab.check(await watched(hold))));
  await dying.held;
  await dying.kill();
  await lab.work();
  for (const [index, { hold }] of CASES.entries()) {
    outcomes.set(hold, await checks[index]!.result());
    await lab.client.workflow.getHandle(ownId(`retrain-${hold.model}`, lab.project.taskQueue)).result();
  }
}, LIMIT_MS * 2);

afterAll(async () => {
  for (const close of closing) await close();
  await temporal.teardown();
});

describe('a drift check whose worker was killed', () => {
  it.each(CASES)('$at $activity', async ({ hold }) => {
    const { entry, report, retraining, troubles } = outcomes.get(hold)!;
    const place = { model: hold.model, functionName: hold.model, alias: 'live' };
    expect(entry).toMatchObject({
      drift: 'drift',
      rows: STRANGE.length,
      decision: { state: 'alarm', retrain: 'drift' },
    });
    expect([retraining, troubles]).toEqual([`started ${ownId(`retrain-${hold.model}`, lab.project.taskQueue)}`, []]);

    expect(await lab.monitoringLog.checks(place, 10)).toEqual([entry]);
    const { entries } = await lab.monitoringLog.retrainings(place);
    expect(entries).toMatchObject([{ cause: 'drift', outcome: 'deployed' }]);
    expect(await lab.registry.versions(hold.model)).toHaveLength(2);
    const reported = (await lab.alerts()).filter(({ model }) => model.name === hold.model);
    expect(new Set(reported.map(({ id }) => id)).size).toBe(1);
    expect(reported[0]).toMatchObject({ kind: 'drift', report: report!.html });
  });

  it('leaves nothing half done', async () => {
    expect(await lab.leftovers()).toEqual([]);
  });
});
