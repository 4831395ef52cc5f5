import { expect, it } from 'vitest';
import { createMonitorActivities } from '../../../src/activities/monitor.js';
import type { Ports } from '../../../src/activities/ports.js';
import { loadDefinition } from '../../../src/definition/definition.js';
import { draftOf } from '../registry/draft.js';
import { comparison } from '../../workflows/scripted.js';
import { PROJECT } from '../../support/project.js';
import type { ScheduleSpec } from '../../../src/vendors/temporal/schedules.js';
import { createMemoryObjects } from '../../../src/testing/memory-objects.js';
import { createMonitoringLog } from '../../../src/registry/stored-monitoring-log.js';

it('schedules of a model are made, and taken away when it is not to be watched any more', async () => {
  const known = new Set<string>();
  const schedules = {
    ensure: ({ id, args }: ScheduleSpec) => {
      expect(args).toEqual([expect.objectContaining({ store: PROJECT.store })]);
      return Promise.resolve(void known.add(id));
    },
    remove: (id: string) => Promise.resolve(void known.delete(id)),
  };
  const world = createMonitorActivities({ project: PROJECT, schedules } as unknown as Ports);
  const ids = ['drift-anemia-detection', 'retrain-anemia-detection'];
  const schedule = async (...settings: string[]) =>
    world.scheduleMonitoring({ definition: await loadDefinition('pipelines/anemia.json', settings) });
  expect(await schedule()).toEqual(ids);
  expect([...known]).toEqual(ids);
  expect(await schedule('monitoring.enabled=false')).toEqual([]);
  expect([...known]).toEqual([]);
});

it('a check is of the model that it compared, also when another serves before it is concluded', async () => {
  let champion = { ...draftOf('a'), version: 3, createdAt: '', decisions: [] };
  const { details, performance, ...found } = comparison;
  const monitoringLog = createMonitoringLog(createMemoryObjects());
  const world = createMonitorActivities({
    registry: { alias: () => Promise.resolve(champion) },
    compute: { run: () => Promise.resolve({ ...found, details, performance }) },
    running: () => ({ signal: new AbortController().signal }),
    now: () => new Date('2026-01-01T02:00:00Z'),
    monitoringLog,
  } as unknown as Ports); // the other ports are not used by what runs here
  const definition = await loadDefinition('pipelines/anemia.json');
  const windowTo = (hour: string) => ({ from: '2026-01-01T00:00:00.000Z', to: `2026-01-01T${hour}:00.000Z` });
  const check = async (run: string, hour: string, meanwhile = () => {}) => {
    const window = windowTo(hour);
    const compared = await world.compareWindow({ definition, window });
    meanwhile();
    const drifted = { ...compared, drift: 'drift' as const, driftedCount: 1, driftedColumns: ['r'] };
    return world.concludeCheck({ definition, mode: 'scheduled', window, run, comparison: drifted });
  };
  const before = await check(
    '1',
    '01:00',
    () => (champion = { ...draftOf('b'), version: 4, createdAt: '', decisions: [] }),
  );
  expect(before.model).toEqual({ name: 'anemia-detection', version: 3, sha256: draftOf('a').model.sha256 });
  expect(before.decision.state).toBe('suspected');
  const after = await check('2', '02:00');
  expect(after.model).toMatchObject({ version: 4, sha256: draftOf('b').model.sha256 });
  expect(after.decision.state).toBe('suspected'); // what drifted under the former is none of its
});
