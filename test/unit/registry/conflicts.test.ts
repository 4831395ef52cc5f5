import fc, { type Scheduler } from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RetrainingEntry } from '../../../src/contracts/monitoring.js';
import type { Claim, Retrainings } from '../../../src/registry/monitoring-log.js';
import type { Objects } from '../../../src/store/objects.js';
import { createMemoryObjects } from '../../../src/testing/memory-objects.js';
import { checkEntry } from '../../workflows/scripted.js';
import { draftOf } from './draft.js';
import { type Hazard, hazardous, unconditional, untilDone } from './hazards.js';
import { logKey } from './log-key.js';
import { createMonitoringLog } from '../../../src/registry/stored-monitoring-log.js';
import { createRegistry } from '../../../src/registry/stored-registry.js';

const NAME = 'anemia-detection';
const PLACE = { model: NAME, functionName: NAME, alias: 'live' };
const WRITERS = ['a', 'b', 'c'] as const;
const RUNS = 30;
/** Enough orders to meet each of what goes wrong without conditions. */
const SEED = 7;

const hazards = fc.array(fc.constantFrom<Hazard>('none', 'none', 'tried again', 'unknown end', 'refused'), {
  maxLength: 12,
});

type Rivals = (objects: Objects, writer: (name: string) => Objects, scheduler: Scheduler) => Promise<void>;

/** The property that writers, each with its own connection, leave what `rivals` expects, in whatever order they come. */
const inAnyOrder = (rivals: Rivals, over: (objects: Objects) => Objects = (objects) => objects) =>
  fc.asyncProperty(fc.scheduler(), fc.array(hazards, { minLength: 3, maxLength: 3 }), async (scheduler, fates) => {
    const objects = over(createMemoryObjects());
    const fateOf = (name: string) => fates[WRITERS.indexOf(name as 'a')]!.values();
    await rivals(objects, (name) => hazardous(objects, scheduler, fateOf(name)), scheduler);
  });

const registering: Rivals = async (objects, writer, scheduler) => {
  const versions = await scheduler.waitFor(
    Promise.all(
      WRITERS.map(async (name) => {
        // A clock that stands still makes entries alike that only their place in the chain tells apart.
        const registry = createRegistry(writer(name), () => new Date('2026-01-02T03:04:05Z'), logKey);
        const own = await untilDone(() => registry.register(draftOf(name)));
        const common = await untilDone(() => registry.register(draftOf('f')));
        const run = `train-${name}`;
        const cause = { by: name, reason: 'looks good' };
        await untilDone(() =>
          registry.record(NAME, { event: 'decision', version: own.version, decision: 'approved', run, ...cause }),
        );
        await untilDone(() => registry.setAlias(NAME, { alias: 'champion', version: own.version, ...cause }));
        return { own, common };
      }),
    ),
  );
  const registry = createRegistry(objects, () => new Date(), logKey);
  const known = await registry.versions(NAME);
  expect(known.map(({ version }) => version)).toEqual([1, 2, 3, 4]);
  expect(new Set(known.map(({ model }) => model.sha256)).size).toBe(4);
  expect(new Set(versions.map(({ common }) => common.version)).size).toBe(1);
  for (const { own } of versions) expect(known[own.version - 1]!.model).toEqual(own.model);
  const log = await registry.log(NAME);
  expect(log.map(({ sequence }) => sequence)).toEqual(log.map((_, i) => i + 1));
  const decided = log.flatMap((entry) => (entry.event === 'decision' ? [entry.run] : []));
  expect(decided.sort()).toEqual(WRITERS.map((name) => `train-${name}`));
  const moves = log.flatMap((entry) => (entry.event === 'alias' ? [entry] : []));
  expect(moves.map(({ previous }) => previous)).toEqual([null, ...moves.map(({ version }) => version)].slice(0, -1));
  expect(new Set(moves.map(({ by }) => by))).toEqual(new Set(WRITERS));
};

const retraining = (run: string): RetrainingEntry => ({
  ...{ run, cause: 'drift', startedAt: '2026-11-24T10:00:00.000Z', outcome: null, training: 'train' },
  ...{ datasetSha256: 'd'.repeat(64), definitionSha256: 'f'.repeat(64) },
});
const onlyFirst = ({ entries }: Retrainings): Claim =>
  entries.length === 0 ? { allowed: true } : { allowed: false, reason: 'one runs' };

const monitoring: Rivals = async (objects, writer, scheduler) => {
  const claims = await scheduler.waitFor(
    Promise.all(
      WRITERS.map(async (name) => {
        const log = createMonitoringLog(writer(name));
        for (const number of [1, 2])
          await untilDone(() =>
            log.concludeCheck(PLACE, `${name}${number}/run`, 100, (earlier) =>
              checkEntry({ run: `${name}${number}/run`, rows: earlier.length }),
            ),
          );
        const claim = await untilDone(() => log.claimRetraining(PLACE, retraining(name), onlyFirst));
        await untilDone(() => log.finishRetraining(PLACE, name, 'refused'));
        await untilDone(() => log.recordDelivery(PLACE, { alert: 'alert', sink: name }));
        return { name, claim };
      }),
    ),
  );
  const log = createMonitoringLog(objects);
  const checks = await log.checks(PLACE, 100);
  expect(checks.map(({ run }) => run).sort()).toEqual(WRITERS.flatMap((name) => [`${name}1/run`, `${name}2/run`]));
  expect(checks.map(({ rows }) => rows)).toEqual([0, 1, 2, 3, 4, 5]); // each knew all those before it
  const [winner, ...others] = claims.filter(({ claim }) => claim.allowed);
  expect(others).toEqual([]);
  const outcome = 'refused';
  expect((await log.retrainings(PLACE)).entries).toEqual([{ ...retraining(winner!.name), outcome }]);
  expect((await log.delivered(PLACE)).map(({ sink }) => sink).sort()).toEqual([...WRITERS]);
};

describe.each([
  ['a registry', registering],
  ['a monitoring log', monitoring],
])('rival writers of %s in objects', (_, rivals) => {
  it('lose nothing and do nothing twice, in any order and with answers lost', async () => {
    await fc.assert(inAnyOrder(rivals), { numRuns: RUNS });
  });

  it('would do so without conditions', async () => {
    const { failed } = await fc.check(inAnyOrder(rivals, unconditional), {
      numRuns: RUNS,
      seed: SEED,
      endOnFailure: true,
    });
    expect(failed).toBe(true);
  });
});
