import { ScheduleOverlapPolicy } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Activities } from '../../src/activities/index.js';
import type { Definition } from '../../src/contracts/definition.js';
import { ownId, RETRAIN } from '../../src/contracts/names.js';
import { loadDefinition } from '../../src/definition/definition.js';
import { schedulesOf, createTemporalSchedules } from '../../src/vendors/temporal/schedules.js';
import { connectTemporal } from '../support/temporal.js';
import { until } from '../support/until.js';
import { concludesAlarm, withCheckWorker } from './check-runs.js';
import { checkEntry } from './scripted.js';
import { PROJECT } from '../support/project.js';

let temporal: TestWorkflowEnvironment;
let definition: Definition;
beforeAll(async () => {
  temporal = await connectTemporal();
  definition = await loadDefinition('pipelines/anemia.json');
});
afterAll(() => temporal.teardown());

describe('the schedules of a model', () => {
  const schedules = () => createTemporalSchedules(temporal.client.schedule, PROJECT);
  const [CHECK, RETRAINING] = [0, 1] as const;

  it('are made once, changed when the definition changes, and keep a pause', async () => {
    const [spec] = schedulesOf(definition, PROJECT.store);
    await schedules().ensure(spec);
    await schedules().pause(spec.id, 'holidays');
    expect(await schedules().pauseNote(spec.id)).toBe('holidays');
    const changed = schedulesOf(
      await loadDefinition('pipelines/anemia.json', ['monitoring.everyMinutes=30']),
      PROJECT.store,
    );
    await schedules().ensure(changed[CHECK]);
    const found = await temporal.client.schedule.getHandle(ownId(spec.id, PROJECT.taskQueue)).describe();
    expect(found.spec.intervals).toMatchObject([{ every: 30 * 60_000 }]);
    expect(found.spec.jitter).toBe(30_000);
    expect(found.policies).toMatchObject({ overlap: 'SKIP', catchupWindow: 60 * 60_000, pauseOnFailure: false });
    expect(found.state).toMatchObject({ paused: true, note: 'holidays' });
    expect(found.action.args).toMatchObject([{ definition: { monitoring: { everyMinutes: 30 } }, mode: 'scheduled' }]);
    await schedules().remove(spec.id);
    await schedules().remove(spec.id);
    expect(await schedules().pauseNote(spec.id)).toBeNull();
  });

  it('plan no retraining unless asked, and pause it when a run fails', async () => {
    const spec = schedulesOf(definition, PROJECT.store)[RETRAINING];
    await schedules().ensure(spec);
    const handle = temporal.client.schedule.getHandle(ownId(spec.id, PROJECT.taskQueue));
    const unplanned = await handle.describe();
    expect(unplanned.info.nextActionTimes).toEqual([]);
    expect(unplanned.policies.pauseOnFailure).toBe(true);
    expect(unplanned.action.workflowType).toBe(RETRAIN);
    const weekly = await loadDefinition('pipelines/anemia.json', ['monitoring.retraining.everyDays=7']);
    await schedules().ensure(schedulesOf(weekly, PROJECT.store)[RETRAINING]);
    expect((await handle.describe()).info.nextActionTimes).not.toEqual([]);
    await schedules().remove(spec.id);
  });

  it('asked for a past range check it in windows that follow on each other, without any effect', async () => {
    const spec = schedulesOf(definition, PROJECT.store)[CHECK];
    const { entries, calls } = await withCheckWorker(temporal, { concludeCheck: concludesAlarm }, async () => {
      await schedules().ensure(spec);
      const handle = temporal.client.schedule.getHandle(ownId(spec.id, PROJECT.taskQueue));
      const [start, end] = [new Date('2026-01-01T00:30:00Z'), new Date('2026-01-01T04:30:00Z')];
      await handle.backfill({ start, end, overlap: ScheduleOverlapPolicy.BUFFER_ALL });
      await until(
        async () => (await handle.describe()).info,
        ({ numActionsTaken, runningActions }) => numActionsTaken >= 4 && runningActions.length === 0,
      );
    });
    await schedules().remove(spec.id);
    expect(entries.map(({ mode }) => mode)).toEqual(['backfill', 'backfill', 'backfill', 'backfill']);
    expect(entries.map(({ window }) => window.to).sort()).toEqual(
      ['00', '01', '02', '03'].map((hour) => `2026-01-01T${hour}:57:00.000Z`),
    );
    expect(entries.map(({ window }) => window.from).sort()[1]).toBe('2026-01-01T00:57:00.000Z');
    expect(calls).not.toContain('sendAlert');
    expect(calls).not.toContain('claimRetraining');
  });

  it('run a check that is due as one that counts', async () => {
    const spec = schedulesOf(definition, PROJECT.store)[CHECK];
    const modes: string[] = [];
    const concludeCheck: Activities['concludeCheck'] = (known) => {
      modes.push(`${known.mode} by ${known.asked ? 'a person' : 'the schedule'}`);
      return Promise.resolve(checkEntry(known));
    };
    await withCheckWorker(temporal, { concludeCheck }, async () => {
      await schedules().ensure({ ...spec, everyMinutes: 1 / 60, jitterSeconds: 0 });
      await until(
        () => modes.length,
        (recorded) => recorded > 0,
      );
      await schedules().remove(spec.id);
    });
    expect(modes[0]).toBe('scheduled by the schedule');
  });
});
