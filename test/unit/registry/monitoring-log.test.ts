import { describe, expect, it } from 'vitest';
import type { RetrainingEntry } from '../../../src/contracts/monitoring.js';
import type { MonitoringLog, MonitoringTarget } from '../../../src/registry/monitoring-log.js';
import { createMemoryObjects } from '../../../src/testing/memory-objects.js';
import { temporaryDirectory } from '../../support/temp.js';
import { checkEntry } from '../../workflows/scripted.js';
import { createFileObjects } from '../../../src/store/file-objects.js';
import { createMonitoringLog } from '../../../src/registry/stored-monitoring-log.js';

const TARGET: MonitoringTarget = { model: 'anemia-detection', functionName: 'anemia-detection', alias: 'live' };
const DIRECTORY = `${TARGET.model}/monitoring/${TARGET.functionName}.${TARGET.alias}`;
const ELSEWHERE: MonitoringTarget = { ...TARGET, alias: 'trial' };
const checkAt = (hour: number, why = '') => {
  const check = checkEntry({ run: `drift-${hour}/run`, at: new Date(hour * 3_600_000).toISOString() });
  return { ...check, decision: { ...check.decision, why } };
};
const conclude = (log: MonitoringLog, hour: number, why = '') =>
  log.concludeCheck(TARGET, `drift-${hour}/run`, 100, () => checkAt(hour, why));
const runsOf = async (checks: Promise<{ run: string }[]>) => (await checks).map(({ run }) => run.split('/')[0]);

const retraining = (run: string): RetrainingEntry => ({
  ...{ run, cause: 'drift', startedAt: '2026-11-24T10:00:00.000Z', outcome: null, training: `train-${run}` },
  ...{ datasetSha256: 'd'.repeat(64), definitionSha256: 'f'.repeat(64) },
});
const allow = () => ({ allowed: true }) as const;
const onlyFirst = ({ entries }: { entries: RetrainingEntry[] }) =>
  entries.length === 0 ? allow() : ({ allowed: false, reason: 'one runs' } as const);

const inObjects = () => createMonitoringLog(createMemoryObjects());

describe.each([
  ['files', async () => createMonitoringLog(createFileObjects(await temporaryDirectory()))],
  ['memory', () => Promise.resolve(inObjects())],
] as const)('a monitoring log in %s', (_, open) => {
  it('concludes checks one after the other, each once, and gives the latest', async () => {
    const log = await open();
    expect(await log.checks(TARGET, 5)).toEqual([]);
    for (let hour = 1; hour <= 7; hour++) await conclude(log, hour);
    expect(await conclude(log, 6, 'another conclusion')).toEqual(checkAt(6));
    expect(await runsOf(log.checks(TARGET, 3))).toEqual(['drift-5', 'drift-6', 'drift-7']);
    expect(await log.checks(TARGET, 100)).toEqual([1, 2, 3, 4, 5, 6, 7].map((hour) => checkAt(hour)));
  });

  it('lets every check know those before it, however many there are at once', async () => {
    const log = await open();
    const known = new Map<number, number>(); // the last time that each was asked
    const hours = [1, 2, 3, 4, 5];
    await Promise.all(
      hours.map((hour) =>
        log.concludeCheck(TARGET, `drift-${hour}/run`, 100, (earlier) => {
          known.set(hour, earlier.length);
          return checkAt(hour);
        }),
      ),
    );
    expect([...known.values()].sort()).toEqual([0, 1, 2, 3, 4]);
  });

  it('keeps checks that only looked apart, and places too', async () => {
    const log = await open();
    await conclude(log, 1);
    await log.recordDryRun(TARGET, checkAt(2));
    await log.recordDryRun(TARGET, checkAt(2));
    expect(await runsOf(log.checks(TARGET, 9))).toEqual(['drift-1']);
    expect(await runsOf(log.dryRuns(TARGET, 9))).toEqual(['drift-2']);
    expect(await log.checks(ELSEWHERE, 9)).toEqual([]);
  });

  it('lets one of several retrainings through, the same one again', async () => {
    const log = await open();
    const runs = ['a', 'b', 'c', 'd'];
    const claims = await Promise.all(runs.map((run) => log.claimRetraining(TARGET, retraining(run), onlyFirst)));
    expect(claims.filter(({ allowed }) => allowed)).toHaveLength(1);
    const winner = runs[claims.findIndex(({ allowed }) => allowed)]!;
    expect(await log.claimRetraining(TARGET, retraining(winner), onlyFirst)).toEqual({ allowed: true });
    expect((await log.retrainings(TARGET)).entries).toEqual([retraining(winner)]);
    expect(await log.claimRetraining(ELSEWHERE, retraining('e'), onlyFirst)).toEqual({ allowed: true });
  });

  it('knows how a retraining ended, and the latest pause', async () => {
    const log = await open();
    await log.claimRetraining(TARGET, retraining('a'), allow);
    await log.finishRetraining(TARGET, 'never claimed', 'failed');
    const { entries, pause } = await log.finishRetraining(TARGET, 'a', 'refused');
    expect(entries).toEqual([{ ...retraining('a'), outcome: 'refused' }]);
    expect(pause).toBeNull();
    const paused = { at: '2026-11-24T11:00:00.000Z', run: 'a' };
    await log.recordPause(TARGET, paused);
    expect((await log.retrainings(TARGET)).pause).toEqual(paused);
  });

  it('forgets a claim that is taken back, and no retraining that has ended', async () => {
    const log = await open();
    for (const run of ['a', 'b']) await log.claimRetraining(TARGET, retraining(run), allow);
    await log.finishRetraining(TARGET, 'a', 'cancelled');
    for (const run of ['a', 'b', 'b']) await log.withdrawRetraining(TARGET, run);
    expect((await log.retrainings(TARGET)).entries).toEqual([{ ...retraining('a'), outcome: 'cancelled' }]);
  });

  it('knows the latest failures, each once, also of retrainings that were never claimed', async () => {
    const log = await open();
    const failure = (run: number) => ({ run: `${run}`, at: '2026-11-24T11:00:00.000Z', message: `${run} failed.` });
    for (const run of [1, 2, 2]) await log.recordFailure(TARGET, failure(run));
    await log.recordFailure(TARGET, { ...failure(1), message: 'told anew' });
    expect((await log.retrainings(TARGET)).failures).toEqual([failure(1), failure(2)]);
    for (let run = 3; run <= 40; run++) await log.recordFailure(TARGET, failure(run));
    const { failures } = await log.retrainings(TARGET);
    expect(failures.at(-1)).toEqual(failure(40));
    expect(failures.length).toBeLessThan(40);
    expect((await log.retrainings(ELSEWHERE)).failures).toEqual([]);
  });

  it('knows which sink has heard of which alert', async () => {
    const log = await open();
    for (const sink of ['log', 'webhook']) await log.recordDelivery(TARGET, { alert: 'a', sink });
    expect(await log.delivered(TARGET)).toEqual([
      { alert: 'a', sink: 'log' },
      { alert: 'a', sink: 'webhook' },
    ]);
  });
});

describe('a monitoring log', () => {
  it('finds the latest also behind many long ones', async () => {
    const log = createMonitoringLog(createFileObjects(await temporaryDirectory()));
    for (let hour = 1; hour <= 40; hour++) await conclude(log, hour, 'x'.repeat(6000));
    expect(await runsOf(log.checks(TARGET, 4))).toEqual(['drift-37', 'drift-38', 'drift-39', 'drift-40']);
  });

  it('lets one of many writers through', async () => {
    const root = await temporaryDirectory();
    const claims = await Promise.all(
      ['a', 'b', 'c', 'd'].map((run) =>
        createMonitoringLog(createFileObjects(root)).claimRetraining(TARGET, retraining(run), onlyFirst),
      ),
    );
    expect(claims.filter(({ allowed }) => allowed)).toHaveLength(1);
  });

  it('keeps checks beyond one object, and reads no more of them than it needs', async () => {
    const objects = createMemoryObjects();
    const log = createMonitoringLog(objects);
    for (let hour = 1; hour <= 203; hour++)
      await log.concludeCheck(TARGET, `drift-${hour}/run`, 4, () => checkAt(hour));
    const keys = await objects.list(`${DIRECTORY}/checks/`);
    expect(keys).toHaveLength(3);
    objects.all.delete(keys[0]!);
    const latest = await log.checks(TARGET, 103);
    expect(latest.map(({ run }) => run)).toEqual(Array.from({ length: 103 }, (_, i) => `drift-${101 + i}/run`));
  });

  it('leaves out lines that are none, and keeps them', async () => {
    const objects = createMemoryObjects();
    const log = createMonitoringLog(objects);
    await conclude(log, 1);
    const [key] = await objects.list(`${DIRECTORY}/checks/`);
    objects.all.set(key!, Buffer.concat([objects.all.get(key!)!, Buffer.from('{"torn":')]));
    await conclude(log, 2);
    expect(await log.checks(TARGET, 9)).toEqual([checkAt(1), checkAt(2)]);
    expect(Buffer.from(objects.all.get(key!)!).toString()).toContain('{"torn":\n');
  });

  it('tells of a record that was damaged', async () => {
    const objects = createMemoryObjects();
    const log = createMonitoringLog(objects);
    await log.recordDelivery(TARGET, { alert: 'a', sink: 'log' });
    objects.all.set(`${DIRECTORY}/deliveries.json`, Buffer.from('x'));
    await expect(log.delivered(TARGET)).rejects.toMatchObject({ type: 'ArtifactCorrupt' });
  });

  it('refuses a place that would be another folder', async () => {
    await expect(inObjects().recordDryRun({ ...TARGET, alias: '../..' }, checkAt(1))).rejects.toThrow(
      'letters, digits',
    );
  });
});
