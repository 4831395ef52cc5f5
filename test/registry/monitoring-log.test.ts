import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { RetrainingEntry } from '../../src/contracts/monitoring.js';
import { createFileMonitoringLog } from '../../src/registry/file-monitoring-log.js';
import { temporaryDirectory } from '../support/temp.js';
import { createMemoryMonitoringLog } from './memory-monitoring-log.js';
import { checkEntry } from '../workflows/scripted.js';

const NAME = 'anemia-detection';
const checkAt = (hour: number) =>
  checkEntry({ run: `drift-${hour}/run`, at: new Date(hour * 3_600_000).toISOString() });

const retraining = (run: string): RetrainingEntry => ({
  ...{ run, cause: 'drift', startedAt: '2026-11-24T10:00:00.000Z', outcome: null, training: `train-${run}` },
  ...{ datasetSha256: 'd'.repeat(64), definitionSha256: 'f'.repeat(64) },
});
const allow = () => ({ allowed: true }) as const;
const onlyFirst = ({ entries }: { entries: RetrainingEntry[] }) =>
  entries.length === 0 ? allow() : ({ allowed: false, reason: 'one runs' } as const);

describe.each([
  ['files', async () => createFileMonitoringLog(await temporaryDirectory())],
  ['memory', () => Promise.resolve(createMemoryMonitoringLog())],
] as const)('a monitoring log in %s', (_, open) => {
  it('keeps checks in order, each once, and gives the latest', async () => {
    const log = await open();
    expect(await log.checks(NAME, 5)).toEqual([]);
    for (let hour = 1; hour <= 7; hour++) await log.recordCheck(checkAt(hour));
    await log.recordCheck(checkAt(6));
    expect((await log.checks(NAME, 3)).map(({ run }) => run)).toEqual(['drift-5/run', 'drift-6/run', 'drift-7/run']);
    expect(await log.checks(NAME, 100)).toEqual([1, 2, 3, 4, 5, 6, 7].map(checkAt));
    expect(await log.checks('another', 5)).toEqual([]);
  });

  it('lets one of several retrainings through, the same one again', async () => {
    const log = await open();
    const runs = ['a', 'b', 'c', 'd'];
    const claims = await Promise.all(runs.map((run) => log.claimRetraining(NAME, retraining(run), onlyFirst)));
    expect(claims.filter(({ allowed }) => allowed)).toHaveLength(1);
    const winner = runs[claims.findIndex(({ allowed }) => allowed)]!;
    expect(await log.claimRetraining(NAME, retraining(winner), onlyFirst)).toEqual({ allowed: true });
    expect((await log.retrainings(NAME)).entries).toEqual([retraining(winner)]);
  });

  it('knows how a retraining ended and when it was paused', async () => {
    const log = await open();
    await log.claimRetraining(NAME, retraining('a'), allow);
    const { entries, pausedAt } = await log.finishRetraining(NAME, 'a', 'refused');
    expect(entries).toEqual([{ ...retraining('a'), outcome: 'refused' }]);
    expect(pausedAt).toBeNull();
    await log.recordPause(NAME, '2026-11-24T11:00:00.000Z');
    expect((await log.retrainings(NAME)).pausedAt).toBe('2026-11-24T11:00:00.000Z');
  });
});

describe('a monitoring log in files', () => {
  it('loses nothing but the line that a killed writer tore', async () => {
    const root = await temporaryDirectory();
    const log = createFileMonitoringLog(root);
    await log.recordCheck(checkAt(1));
    await appendFile(join(root, NAME, 'monitoring', 'checks.jsonl'), '{"run":"drift-2/run","mo');
    await log.recordCheck(checkAt(3));
    expect((await log.checks(NAME, 9)).map(({ run }) => run)).toEqual(['drift-1/run', 'drift-3/run']);
  });

  it('finds the latest also behind many long ones', async () => {
    const log = createFileMonitoringLog(await temporaryDirectory());
    const why = 'x'.repeat(6000);
    for (let hour = 1; hour <= 40; hour++)
      await log.recordCheck({ ...checkAt(hour), decision: { ...checkAt(hour).decision, why } });
    expect((await log.checks(NAME, 4)).map(({ run }) => run)).toEqual(
      [37, 38, 39, 40].map((hour) => `drift-${hour}/run`),
    );
  });

  it('lets one of many writers through', async () => {
    const root = await temporaryDirectory();
    const claims = await Promise.all(
      ['a', 'b', 'c', 'd'].map((run) =>
        createFileMonitoringLog(root).claimRetraining(NAME, retraining(run), onlyFirst),
      ),
    );
    expect(claims.filter(({ allowed }) => allowed)).toHaveLength(1);
  });
});
