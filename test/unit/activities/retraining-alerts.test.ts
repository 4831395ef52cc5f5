import { beforeEach, describe, expect, it } from 'vitest';
import { createAlertActivities } from '../../../src/activities/alert.js';
import { createMonitorActivities } from '../../../src/activities/monitor.js';
import type { Ports } from '../../../src/activities/ports.js';
import { createRetrainActivities } from '../../../src/activities/retrain.js';
import type { Definition } from '../../../src/contracts/definition.js';
import { loadDefinition } from '../../../src/definition/definition.js';
import { draftOf } from '../registry/draft.js';
import { checkEntry } from '../../workflows/scripted.js';
import { PROJECT } from '../../support/project.js';
import { createMemoryObjects } from '../../../src/testing/memory-objects.js';
import { createMonitoringLog } from '../../../src/registry/stored-monitoring-log.js';

const HOUR = 3_600_000;

let definition: Definition;
let clock: number;
let pauseNote: string | null;
/** Alerts that the webhook took, and whether it takes any. */
let heard: string[];
let webhookUp: boolean;
let world: ReturnType<typeof createMonitorActivities> &
  ReturnType<typeof createRetrainActivities> &
  ReturnType<typeof createAlertActivities>;

beforeEach(async () => {
  definition = await loadDefinition('pipelines/anemia.json', ['monitoring.retraining.refusedInARow=1']);
  clock = Date.parse('2026-01-01T00:00:00Z');
  [pauseNote, heard, webhookUp] = [null, [], true];
  const ports = {
    project: PROJECT,
    registry: { alias: () => Promise.resolve({ ...draftOf('a'), version: 3, createdAt: '', decisions: [] }) },
    schedules: {
      pause: (_: string, note: string) => Promise.resolve(void (pauseNote = note)),
      pauseNote: () => Promise.resolve(pauseNote),
      ensure: () => Promise.resolve(),
    },
    runs: { isOpen: () => Promise.resolve(true) },
    alerts: [
      {
        name: 'webhook',
        send: ({ id }: { id: string }) =>
          webhookUp ? Promise.resolve(void heard.push(id)) : Promise.reject(new Error('no connection')),
      },
    ],
    monitoringLog: createMonitoringLog(createMemoryObjects()),
    running: () => ({ signal: new AbortController().signal }),
    now: () => new Date(clock),
  } as unknown as Ports; // the other ports are not used by what runs here
  world = { ...createMonitorActivities(ports), ...createRetrainActivities(ports), ...createAlertActivities(ports) };
});

const { model, functionName, alias } = { model: 'anemia-detection', functionName: 'anemia-detection', alias: 'live' };

async function deliver(due: Awaited<ReturnType<typeof world.dueAlerts>>): Promise<void> {
  for (const one of due)
    await world.sendAlert({ place: { model, functionName, alias }, ...one }).catch(() => 'due again at the next check');
}
const fail = async (run: string, cause: 'drift' | 'schedule' = 'drift', reason = 'The source is gone.') => {
  const { alerts } = await world.finishRetraining({ definition, cause, run, outcome: 'failed', reason });
  await deliver(alerts);
  return alerts.map(({ alert }) => alert);
};
const due = () => world.dueAlerts({ definition, entry: checkEntry({}), report: null });
const check = async () => deliver(await due());

describe('a retraining that failed', () => {
  it('is told once, in the words of what failed, also when it was never claimed', async () => {
    const [alert] = await fail('retrain-1/run');
    expect(alert).toMatchObject({
      ...{ id: `${model}/retraining-failed-retrain-1/run`, kind: 'retraining-failed', model: { version: 3 } },
      message: `Retraining of ${model} failed: The source is gone. What served before still serves.`,
    });
    await check();
    expect(heard).toEqual([alert!.id]);
  });

  it('that a sink could not be told of stays due until it has heard, for a week', async () => {
    webhookUp = false;
    const [alert] = await fail('retrain-1/run');
    await check();
    expect(heard).toEqual([]);
    clock += 6 * 24 * HOUR;
    expect((await due()).map(({ alert: { id } }) => id)).toEqual([alert!.id]);
    webhookUp = true;
    await check();
    await check();
    expect(heard).toEqual([alert!.id]);

    webhookUp = false;
    await fail('retrain-2/run');
    clock += 8 * 24 * HOUR;
    expect(await due()).toEqual([]);
  });

  it('in the same way every hour is told once per cooldown, in another way at once', async () => {
    for (let hour = 0; hour < 48; hour++, clock += HOUR) await fail(`retrain-${hour}/run`);
    expect(heard.map((id) => id.split('-').at(-1))).toEqual(['0/run', '24/run']);
    await fail('retrain-48/run', 'drift', 'A column is gone.');
    expect(heard).toHaveLength(3);
  });

  it('says that it pauses the schedule that had started it', async () => {
    const [alert] = await fail('retrain-1/run', 'schedule');
    expect(alert!.message).toContain('schedule pauses');
    expect(alert!.message).toContain(`npm run schedules -- resume retrain-${model}.`);
  });
});

describe('a pause after refusals', () => {
  const refuse = async () => {
    webhookUp = false;
    const input = { definition, cause: 'drift', run: 'retrain-1/run' } as const;
    await world.claimRetraining({ ...input, datasetSha256: 'd'.repeat(64) });
    await world.finishRetraining({ ...input, outcome: 'refused', reason: '' });
    webhookUp = true;
  };

  it('is told while it holds', async () => {
    await refuse();
    await check();
    expect(heard).toEqual([`${model}/retraining-paused-${new Date(clock).toISOString()}`]);
  });

  it('is not told any more when it was resumed and something else paused the schedule', async () => {
    await refuse();
    pauseNote = 'holidays';
    await check();
    expect(heard).toEqual([]);
  });
});
