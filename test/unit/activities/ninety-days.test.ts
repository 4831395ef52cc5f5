import { beforeEach, describe, expect, it } from 'vitest';
import { retrainSchedule } from '../../../src/contracts/names.js';
import { loadDefinition } from '../../../src/definition/definition.js';
import { HOUR, MINUTE, World } from './world.js';

const DAYS = 90;

let world: World;
beforeEach(async () => {
  world = await World.open();
});

describe('hourly checks, for up to ninety days,', () => {
  it('without drift, or with single drifted windows, tell nobody and retrain nothing', async () => {
    const { begun, retrained } = await world.hourly(DAYS, (hour) => (hour % 12 === 0 ? 'drift' : 'no-drift'));
    expect(begun).toEqual([]);
    expect(retrained).toEqual([]);
  });

  it('of drift that stays tell once, retrain within the budget, and stop after three refusals', async () => {
    const onset = 30 * 24;
    const { begun, retrained } = await world.hourly(DAYS, (hour) => (hour >= onset ? 'drift' : 'no-drift'));
    const { drift, retraining } = world.definition.monitoring;
    expect(begun).toEqual([onset + drift.alarm.windows - 1]);
    expect(retrained).toHaveLength(retraining.refusedInARow);
    expect(retrained[1]! - retrained[0]!).toBeGreaterThanOrEqual(retraining.cooldownHours);
    expect(retrained[2]! - retrained[0]!).toBeGreaterThanOrEqual(7 * 24);
    expect([...world.paused.keys()]).toEqual([retrainSchedule(world.definition)]);
  });

  it('go on with an episode after three days without a server', async () => {
    const [onset, down] = [10 * 24, 12 * 24];
    const { begun } = await world.hourly(
      25,
      (hour) => (hour >= onset && hour < 20 * 24 ? 'drift' : 'no-drift'),
      (hour) => hour >= down && hour < down + 72,
    );
    expect(begun).toHaveLength(1);
  });

  it('survive windows without rows', async () => {
    const { begun } = await world.hourly(5, (hour) => (hour % 3 === 0 ? 'drift' : 'insufficient'));
    expect(begun).toHaveLength(1);
  });
});

describe('windows longer than the interval between checks', () => {
  it.each([
    [10_080, 30, ['monitoring.drift.alarm.windows=2']],
    [1440, 5, ['monitoring.drift.cooldownHours=0']],
    [10_080, 60, ['monitoring.drift.alarm.windows=3']],
  ])('of %i minutes every %i make an alarm of enough that do not overlap', async (windowMinutes, every, others) => {
    const overrides = [`monitoring.windowMinutes=${windowMinutes}`, `monitoring.everyMinutes=${every}`, ...others];
    world.definition = await loadDefinition('pipelines/anemia.json', overrides);
    const { windows } = world.definition.monitoring.drift.alarm;
    const perWindow = windowMinutes / every;
    const begun: number[] = [];
    const needed = (windows - 1) * perWindow;
    for (let i = 0; i <= needed + 3; i++, world.clock += every * MINUTE) {
      const { decision } = await world.check('drift', windowMinutes * MINUTE);
      if (decision.begun.length > 0) begun.push(i);
    }
    expect(begun).toEqual([needed]);
  });
});

describe('a clock that jumps', () => {
  it('back decides nothing until the windows go on', async () => {
    for (let hour = 0; hour < 10; hour++, world.clock += HOUR) await world.check('no-drift');
    world.clock -= 5 * HOUR;
    const back = await world.check('drift');
    expect(back.decision).toMatchObject({ state: 'quiet', begun: [], retrain: null });
    world.clock += 6 * HOUR;
    expect((await world.check('drift')).decision.state).toBe('suspected');
  });
});
