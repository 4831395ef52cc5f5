import { beforeEach, describe, expect, it } from 'vitest';
import type { CheckEntry } from '../../../src/contracts/monitoring.js';
import { ownId, retrainSchedule } from '../../../src/contracts/names.js';
import { loadDefinition } from '../../../src/definition/definition.js';
import { PROJECT } from '../../support/project.js';
import { HOUR, World } from './world.js';

let world: World;
beforeEach(async () => {
  world = await World.open();
});

describe('retraining', () => {
  it('on the same data as a refused one is held back, and is free again on new data', async () => {
    expect(await world.retrain('first', 'refused')).toBe(true);
    world.clock += 48 * HOUR;
    expect(await world.retrain('first', 'deployed')).toBe(false);
    expect(await world.retrain('second', 'deployed')).toBe(true);
  });

  it('is by its schedule where that has started it, and the schedule is the model’s own', async () => {
    const own = retrainSchedule(world.definition);
    const claim = (run: string, schedule: string) => {
      world.clock += 25 * HOUR;
      const datasetSha256 = run.at(-1)!.repeat(64);
      const said = { definition: world.definition, cause: 'drift', run, datasetSha256, schedule } as const;
      return world.activities.claimRetraining(said);
    };
    world.started.add(`${own}: retrain/1`).add('another: retrain/2');
    const [id, another] = [own, 'another'].map((name) => ownId(name, PROJECT.taskQueue)) as [string, string];
    expect(await claim('retrain/1', id)).toMatchObject({ allowed: true, bySchedule: true });
    await world.activities.finishRetraining({
      ...{ definition: world.definition, cause: 'drift', run: 'retrain/1', outcome: 'deployed', reason: '' },
    });
    for (const [run, schedule] of [
      ['retrain/2', another],
      ['retrain/2', id],
      ['retrain/2', own],
    ] as const) {
      expect(await claim(run, schedule)).toMatchObject({ allowed: true, bySchedule: false });
      await world.activities.withdrawRetraining({ definition: world.definition, run });
    }
  });

  it('that gave its turn back has spent neither budget nor cooldown', async () => {
    const run = 'retrain-1/run';
    await world.activities.claimRetraining({
      definition: world.definition,
      cause: 'drift',
      run,
      datasetSha256: 'a'.padEnd(64, '0'),
    });
    await world.activities.withdrawRetraining({ definition: world.definition, run });
    expect(await world.retrain('a', 'deployed')).toBe(true);
  });

  it('is held back while its schedule is world.paused, and starts counting anew when a person resumed it', async () => {
    world.definition = await loadDefinition('pipelines/anemia.json', ['monitoring.retraining.perWeek=10']);
    for (const data of ['a1', 'b2', 'c3']) {
      expect(await world.retrain(data, 'refused')).toBe(true);
      world.clock += 25 * HOUR;
    }
    expect(await world.retrain('d4', 'deployed')).toBe(false);
    world.paused.clear();
    expect(await world.retrain('d4', 'refused')).toBe(true);
    expect(world.paused.size).toBe(0);
  });

  it('tells of its pause in every try, with the same alert', async () => {
    world.definition = await loadDefinition('pipelines/anemia.json', ['monitoring.retraining.refusedInARow=1']);
    const run = 'retrain-1/run';
    await world.activities.claimRetraining({
      definition: world.definition,
      cause: 'drift',
      run,
      datasetSha256: 'e5'.padEnd(64, '0'),
    });
    const finish = () =>
      world.activities.finishRetraining({
        definition: world.definition,
        cause: 'drift',
        run,
        outcome: 'refused',
        reason: '',
      });
    const first = await finish();
    world.clock += HOUR;
    expect(await finish()).toEqual(first);
    expect(first.alerts).toMatchObject([{ sink: 'log', alert: { kind: 'retraining-paused' } }]);
  });

  it('that was terminated does not keep others from starting', async () => {
    const run = 'retrain-1/run';
    world.open.add(run);
    const claim = (other: string, data: string) =>
      world.activities.claimRetraining({
        definition: world.definition,
        cause: 'drift',
        run: other,
        datasetSha256: data.padEnd(64, '0'),
      });
    expect(await claim(run, 'a')).toMatchObject({ allowed: true });
    world.clock += 25 * HOUR;
    expect(await claim('retrain-2/run', 'b')).toMatchObject({
      allowed: false,
      reason: expect.stringContaining('still runs') as string,
    });
    world.open.delete(run);
    expect(await claim('retrain-3/run', 'b')).toMatchObject({ allowed: true });
    const due = await world.activities.dueAlerts({
      definition: world.definition,
      entry: await world.check('no-drift'),
      report: null,
    });
    expect(due.map(({ alert }) => alert.id)).toEqual([`anemia-detection/retraining-failed-${run}`]);
  });
});

describe('alerts that are due', () => {
  const dueOf = async (entry: CheckEntry) =>
    (await world.activities.dueAlerts({ definition: world.definition, entry, report: null })).map(({ alert, sink }) => [
      alert.id,
      sink,
    ]);
  const episode = async () => {
    for (let hour = 0; hour < 2; hour++, world.clock += HOUR) await world.check('drift');
    return world.check('drift');
  };

  it('stay due until their sink has heard of them', async () => {
    const entry = await episode();
    expect(entry.decision.state).toBe('ongoing');
    const [due] = await dueOf(entry);
    expect(due).toEqual([`anemia-detection/${entry.decision.episodes[0]!.id}`, 'log']);
    const { model, deployment } = world.definition;
    const place = { model, functionName: deployment.functionName, alias: deployment.alias };
    await world.monitoringLog.recordDelivery(place, { alert: due![0]!, sink: 'log' });
    expect(await dueOf(entry)).toEqual([]);
  });

  it('are those of a pause too, while it holds', async () => {
    world.definition = await loadDefinition('pipelines/anemia.json', ['monitoring.retraining.refusedInARow=1']);
    await world.retrain('f6', 'refused');
    const entry = await world.check('no-drift');
    expect(await dueOf(entry)).toEqual([[expect.stringContaining('retraining-paused') as string, 'log']]);
    world.paused.clear();
    expect(await dueOf(entry)).toEqual([]);
  });
});

describe('a model that serves at two places', () => {
  it('is monitored at each of them alone', async () => {
    const main = world.definition;
    const trial = await loadDefinition('pipelines/anemia.json', ['deployment.alias=trial']);
    const states: string[] = [];
    for (let hour = 0; hour < 3; hour++, world.clock += HOUR) {
      world.definition = main;
      states.push((await world.check('drift')).decision.state);
      world.definition = trial;
      expect((await world.check('no-drift')).decision.state).toBe('quiet');
    }
    expect(states).toEqual(['suspected', 'alarm', 'ongoing']);
  });
});
