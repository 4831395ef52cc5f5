import { beforeEach, describe, expect, it } from 'vitest';
import type { Ports } from '../../src/activities/ports.js';
import { createMonitorActivities } from '../../src/activities/monitor.js';
import { createRetrainActivities } from '../../src/activities/retrain.js';
import type { Definition } from '../../src/contracts/definition.js';
import type { CheckEntry, DriftState, RetrainingEntry } from '../../src/contracts/monitoring.js';
import { retrainSchedule } from '../../src/contracts/pipeline.js';
import { loadDefinition } from '../../src/definition.js';
import { draftOf } from '../registry/draft.js';
import type { MonitoringLog } from '../../src/registry/monitoring-log.js';
import { createMemoryMonitoringLog } from '../registry/memory-monitoring-log.js';
import { comparison } from '../workflows/scripted.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const START = Date.parse('2026-01-01T00:00:00Z');
const DAYS = 90;

let definition: Definition;
let clock: number;
/** Why a schedule is paused. */
let paused: Map<string, string>;
/** Retrainings that run. */
let open: Set<string>;
let monitoringLog: MonitoringLog;
let world: ReturnType<typeof createMonitorActivities> & ReturnType<typeof createRetrainActivities>;

beforeEach(async () => {
  definition = await loadDefinition('pipelines/anemia.json');
  clock = START;
  paused = new Map();
  open = new Set();
  monitoringLog = createMemoryMonitoringLog();
  const champion = { ...draftOf('a'), version: 3, createdAt: '', decisions: [] };
  const ports = {
    registry: { alias: () => Promise.resolve(champion) },
    schedules: {
      pause: (id: string, note: string) => Promise.resolve(void paused.set(id, note)),
      pauseNote: (id: string) => Promise.resolve(paused.get(id) ?? null),
      ensure: () => Promise.resolve(),
    },
    runs: { isOpen: (run: string) => Promise.resolve(open.has(run)) },
    alerts: [{ name: 'log', send: () => Promise.resolve() }],
    monitoringLog,
    now: () => new Date(clock),
  } as unknown as Ports; // the other ports are not used by what runs here
  world = { ...createMonitorActivities(ports), ...createRetrainActivities(ports) };
});

/** What the activities of one scheduled check do, with this verdict of its window. */
function check(drift: DriftState, length = HOUR): Promise<CheckEntry> {
  const to = new Date(clock).toISOString();
  const window = { from: new Date(clock - length).toISOString(), to };
  return world.concludeCheck({
    ...{ definition, window, mode: 'scheduled', run: `drift-${definition.deployment.alias}-${to}/run` },
    comparison: {
      ...comparison,
      drift,
      driftedCount: drift === 'drift' ? 1 : 0,
      driftedColumns: drift === 'drift' ? ['r'] : [],
    },
  });
}

/** Asks for a retraining on data of this name and ends it so. */
async function retrain(data: string, outcome: NonNullable<RetrainingEntry['outcome']>): Promise<boolean> {
  const run = `retrain-${clock}`;
  const claim = await world.claimRetraining({ definition, cause: 'drift', run, datasetSha256: data.padEnd(64, '0') });
  if (claim.allowed) await world.finishRetraining({ definition, cause: 'drift', run, outcome, reason: '' });
  return claim.allowed;
}

/** Hours of the run in which an episode began. */
async function hourly(
  days: number,
  driftAt: (hour: number) => DriftState,
  skip: (hour: number) => boolean = () => false,
) {
  const begun: number[] = [];
  const retrained: number[] = [];
  for (let hour = 0; hour < days * 24; hour++, clock += HOUR) {
    if (skip(hour)) continue;
    const { decision } = await check(driftAt(hour));
    if (decision.begun.length > 0) begun.push(hour);
    if (decision.retrain !== null && (await retrain(`data-${Math.floor(hour / 24)}`, 'refused'))) retrained.push(hour);
  }
  return { begun, retrained };
}

describe('hourly checks, for up to ninety days,', () => {
  it('without drift, or with single drifted windows, tell nobody and retrain nothing', async () => {
    const { begun, retrained } = await hourly(DAYS, (hour) => (hour % 12 === 0 ? 'drift' : 'no-drift'));
    expect(begun).toEqual([]);
    expect(retrained).toEqual([]);
  });

  it('of drift that stays tell once, retrain within the budget, and stop after three refusals', async () => {
    const onset = 30 * 24;
    const { begun, retrained } = await hourly(DAYS, (hour) => (hour >= onset ? 'drift' : 'no-drift'));
    const { drift, retraining } = definition.monitoring;
    expect(begun).toEqual([onset + drift.alarm.windows - 1]);
    expect(retrained).toHaveLength(retraining.refusedInARow);
    expect(retrained[1]! - retrained[0]!).toBeGreaterThanOrEqual(retraining.cooldownHours);
    expect(retrained[2]! - retrained[0]!).toBeGreaterThanOrEqual(7 * 24);
    expect([...paused.keys()]).toEqual([retrainSchedule(definition)]);
  });

  it('go on with an episode after three days without a server', async () => {
    const [onset, down] = [10 * 24, 12 * 24];
    const { begun } = await hourly(
      25,
      (hour) => (hour >= onset && hour < 20 * 24 ? 'drift' : 'no-drift'),
      (hour) => hour >= down && hour < down + 72,
    );
    expect(begun).toHaveLength(1);
  });

  it('survive windows without rows', async () => {
    const { begun } = await hourly(5, (hour) => (hour % 3 === 0 ? 'drift' : 'insufficient'));
    expect(begun).toHaveLength(1);
  });
});

it('a comparison and a definition made before refused requests were captured are concluded', async () => {
  const { requests: _, ...rules } = definition.monitoring;
  const { requests: __, ...before } = comparison;
  const window = { from: '2026-01-01T00:00:00.000Z', to: '2026-01-01T01:00:00.000Z' };
  clock = Date.parse(window.to);
  const entry = await world.concludeCheck({
    ...{ definition: { ...definition, monitoring: rules }, window, mode: 'scheduled', run: 'old/run' },
    comparison: before,
  });
  expect(entry).toMatchObject({ requests: { state: 'none', total: 0 }, decision: { state: 'quiet' } });
});

describe('windows longer than the interval between checks', () => {
  it.each([
    [10_080, 30, ['monitoring.drift.alarm.windows=2']],
    [1440, 5, ['monitoring.drift.cooldownHours=0']],
    [10_080, 60, ['monitoring.drift.alarm.windows=3']],
  ])(
    'of %i minutes every %i make an alarm of enough that do not overlap',
    async (windowMinutes, every, others) => {
      const overrides = [`monitoring.windowMinutes=${windowMinutes}`, `monitoring.everyMinutes=${every}`, ...others];
      definition = await loadDefinition('pipelines/anemia.json', overrides);
      const { windows } = definition.monitoring.drift.alarm;
      const perWindow = windowMinutes / every;
      const begun: number[] = [];
      const needed = (windows - 1) * perWindow;
      for (let i = 0; i <= needed + 3; i++, clock += every * MINUTE) {
        const { decision } = await check('drift', windowMinutes * MINUTE);
        if (decision.begun.length > 0) begun.push(i);
      }
      expect(begun).toEqual([needed]);
    },
    60_000,
  );
});

describe('a clock that jumps', () => {
  it('back decides nothing until the windows go on', async () => {
    for (let hour = 0; hour < 10; hour++, clock += HOUR) await check('no-drift');
    clock -= 5 * HOUR;
    const back = await check('drift');
    expect(back.decision).toMatchObject({ state: 'quiet', begun: [], retrain: null });
    clock += 6 * HOUR;
    expect((await check('drift')).decision.state).toBe('suspected');
  });
});

describe('retraining', () => {
  it('on the same data as a refused one is held back, and is free again on new data', async () => {
    expect(await retrain('first', 'refused')).toBe(true);
    clock += 48 * HOUR;
    expect(await retrain('first', 'deployed')).toBe(false);
    expect(await retrain('second', 'deployed')).toBe(true);
  });

  it('that gave its turn back has spent neither budget nor cooldown', async () => {
    const run = 'retrain-1/run';
    await world.claimRetraining({ definition, cause: 'drift', run, datasetSha256: 'a'.padEnd(64, '0') });
    await world.withdrawRetraining({ definition, run });
    expect(await retrain('a', 'deployed')).toBe(true);
  });

  it('is held back while its schedule is paused, and starts counting anew when a person resumed it', async () => {
    definition = await loadDefinition('pipelines/anemia.json', ['monitoring.retraining.perWeek=10']);
    for (const data of ['a1', 'b2', 'c3']) {
      expect(await retrain(data, 'refused')).toBe(true);
      clock += 25 * HOUR;
    }
    expect(await retrain('d4', 'deployed')).toBe(false);
    paused.clear();
    expect(await retrain('d4', 'refused')).toBe(true);
    expect(paused.size).toBe(0);
  });

  it('tells of its pause in every try, with the same alert', async () => {
    definition = await loadDefinition('pipelines/anemia.json', ['monitoring.retraining.refusedInARow=1']);
    const run = 'retrain-1/run';
    await world.claimRetraining({ definition, cause: 'drift', run, datasetSha256: 'e5'.padEnd(64, '0') });
    const finish = () => world.finishRetraining({ definition, cause: 'drift', run, outcome: 'refused', reason: '' });
    const first = await finish();
    clock += HOUR;
    expect(await finish()).toEqual(first);
    expect(first.alerts).toMatchObject([{ sink: 'log', alert: { kind: 'retraining-paused' } }]);
  });

  it('that was terminated does not keep others from starting', async () => {
    const run = 'retrain-1/run';
    open.add(run);
    const claim = (other: string, data: string) =>
      world.claimRetraining({ definition, cause: 'drift', run: other, datasetSha256: data.padEnd(64, '0') });
    expect(await claim(run, 'a')).toMatchObject({ allowed: true });
    clock += 25 * HOUR;
    expect(await claim('retrain-2/run', 'b')).toMatchObject({
      allowed: false,
      reason: expect.stringContaining('still runs') as string,
    });
    open.delete(run);
    expect(await claim('retrain-3/run', 'b')).toMatchObject({ allowed: true });
    const due = await world.dueAlerts({ definition, entry: await check('no-drift'), report: null });
    expect(due.map(({ alert }) => alert.id)).toEqual([`anemia-detection/retraining-failed-${run}`]);
  });
});

describe('alerts that are due', () => {
  const dueOf = async (entry: CheckEntry) =>
    (await world.dueAlerts({ definition, entry, report: null })).map(({ alert, sink }) => [alert.id, sink]);
  const episode = async () => {
    for (let hour = 0; hour < 2; hour++, clock += HOUR) await check('drift');
    return check('drift');
  };

  it('stay due until their sink has heard of them', async () => {
    const entry = await episode();
    expect(entry.decision.state).toBe('ongoing');
    const [due] = await dueOf(entry);
    expect(due).toEqual([`anemia-detection/${entry.decision.episodes[0]!.id}`, 'log']);
    const { model, deployment } = definition;
    const place = { model, functionName: deployment.functionName, alias: deployment.alias };
    await monitoringLog.recordDelivery(place, { alert: due![0]!, sink: 'log' });
    expect(await dueOf(entry)).toEqual([]);
  });

  it('are those of a pause too, while it holds', async () => {
    definition = await loadDefinition('pipelines/anemia.json', ['monitoring.retraining.refusedInARow=1']);
    await retrain('f6', 'refused');
    const entry = await check('no-drift');
    expect(await dueOf(entry)).toEqual([[expect.stringContaining('retraining-paused') as string, 'log']]);
    paused.clear();
    expect(await dueOf(entry)).toEqual([]);
  });
});

describe('a model that serves at two places', () => {
  it('is monitored at each of them alone', async () => {
    const main = definition;
    const trial = await loadDefinition('pipelines/anemia.json', ['deployment.alias=trial']);
    const states: string[] = [];
    for (let hour = 0; hour < 3; hour++, clock += HOUR) {
      definition = main;
      states.push((await check('drift')).decision.state);
      definition = trial;
      expect((await check('no-drift')).decision.state).toBe('quiet');
    }
    expect(states).toEqual(['suspected', 'alarm', 'ongoing']);
  });
});
