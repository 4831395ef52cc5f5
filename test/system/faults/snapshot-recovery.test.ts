import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CheckOutcome } from '../../../src/contracts/monitoring.js';
import { type EvidentlyServer, SECRET, startEvidently } from '../../integration/evidently/evidently-server.js';
import { type Lab, openLab, sampleDefinition } from '../../support/lab.js';
import { connectTemporal } from '../../support/temporal.js';
import { LIMIT_MS } from '../../support/until.js';
import type { Hold } from '../../support/watched-worker.js';

const HOLDS: Hold[] = [
  { at: 'before', activity: 'pushSnapshot', model: 'pushed-later' },
  { at: 'after', activity: 'pushSnapshot', model: 'pushed-twice' },
];
const ROWS = Array.from({ length: 120 }, (_, i) => ({ r: 45 + (i % 7) / 10, g: 30, b: 24.9, hb: 8 + (i % 9) }));

let temporal: TestWorkflowEnvironment;
let evidently: EvidentlyServer;
let lab: Lab;
const closing: (() => Promise<void>)[] = [];
const outcomes = new Map<Hold, CheckOutcome>();

beforeAll(async () => {
  [temporal, evidently] = await Promise.all([connectTemporal(), startEvidently()]);
  const settings = { EVIDENTLY_URL: evidently.url, EVIDENTLY_SECRET: SECRET };
  lab = await openLab(temporal, (close) => closing.push(close), settings);
  const quiet = await lab.work();
  const definitions = await Promise.all(
    HOLDS.map(({ model }) => sampleDefinition(`model=${model}`, 'gate.minimum={}')),
  );
  await Promise.all(definitions.map(async (definition) => (await lab.start(definition)).result()));
  await Promise.all(definitions.map((definition) => lab.predict(definition, ROWS)));
  await quiet.kill();

  const dying = await lab.work(...HOLDS);
  const checks = await Promise.all(definitions.map((definition) => lab.check(definition)));
  await dying.held;
  await dying.kill();
  await lab.work();
  for (const [index, hold] of HOLDS.entries()) outcomes.set(hold, await checks[index]!.result());
}, LIMIT_MS);

afterAll(async () => {
  for (const close of closing) await close();
  await evidently.close();
  await temporal.teardown();
});

describe('a snapshot whose worker was killed', () => {
  it.each(HOLDS)('$at $activity is there once', async (hold) => {
    const { entry, snapshot, report, troubles } = outcomes.get(hold)!;
    expect([entry.rows, troubles]).toEqual([ROWS.length, []]);
    expect(report).not.toBeNull();
    const { id, snapshots } = await evidently.project(hold.model);
    expect(snapshots).toMatchObject([{ metadata: { run: entry.run } }]);
    expect(snapshot).toBe(`${evidently.url}/projects/${id}/reports/${snapshots[0]!.id}`);
    const attempts = (await lab.watched()).filter(
      ({ activity, workflowId, event }) =>
        activity === 'pushSnapshot' && workflowId.startsWith(`drift-${hold.model}-`) && event === 'start',
    );
    expect(attempts.map(({ attempt }) => attempt)).toEqual([1, 2]);
  });
});
