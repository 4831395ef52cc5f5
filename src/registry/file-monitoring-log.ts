import { appendFile, mkdir, open, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { CheckEntry } from '../contracts/monitoring.js';
import { isMissing, writeFileAtomic } from '../store/files.js';
import { withLock } from './lock.js';
import { entryIn, RECENT_DRY_RUNS, withDelivery, withFailure, withoutClaim } from './monitoring-entries.js';
import type { Delivery, MonitoringLog, MonitoringTarget, Retrainings } from './monitoring-log.js';
import { monitoringFolder, recorded } from './refusals.js';

/** A check's line is shorter than this; the tail that holds so many lines is read. */
const LINE_BYTES = 8192;

/**
 * Monitoring log in files beside the registry's, below `<model>/monitoring/<function>.<alias>/`: `checks.jsonl` and
 * `looks.jsonl`, which only grow, `retrainings.json` and `deliveries.json`, written whole. One lock per target lets
 * several processes write.
 */
export function createFileMonitoringLog(root: string): MonitoringLog {
  const directoryOf = (target: MonitoringTarget) => join(root, monitoringFolder(target));
  const pathOf = (target: MonitoringTarget, file: string) => join(directoryOf(target), file);
  const locked = async <T>(target: MonitoringTarget, act: () => Promise<T>): Promise<T> =>
    withLock(directoryOf(target), act);
  const latestOf = async (path: string, latest: number): Promise<CheckEntry[]> => {
    const text = await tailOf(path, latest * LINE_BYTES);
    // As many torn lines as whole ones would be very many.
    return text
      .split('\n')
      .filter(Boolean)
      .slice(-2 * latest)
      .flatMap(entryIn)
      .slice(-latest);
  };
  const store = (target: MonitoringTarget, known: Retrainings) =>
    writeFileAtomic(pathOf(target, 'retrainings.json'), `${JSON.stringify(known, null, 2)}\n`);
  const change = (target: MonitoringTarget, edit: (known: Retrainings) => void): Promise<Retrainings> =>
    locked(target, async () => {
      const known = await log.retrainings(target);
      edit(known);
      await store(target, known);
      return known;
    });

  const log: MonitoringLog = {
    concludeCheck: (target, run, latest, judge) =>
      locked(target, async () => {
        const earlier = await log.checks(target, latest);
        const known = earlier.find((check) => check.run === run);
        if (known !== undefined) return known;
        const check = judge(earlier);
        await appendLine(pathOf(target, 'checks.jsonl'), JSON.stringify(check));
        return check;
      }),

    recordDryRun: (target, dryRun) =>
      locked(target, async () => {
        if ((await log.dryRuns(target, RECENT_DRY_RUNS)).some(({ run }) => run === dryRun.run)) return;
        await appendLine(pathOf(target, 'looks.jsonl'), JSON.stringify(dryRun));
      }),

    checks: (target, latest) => latestOf(pathOf(target, 'checks.jsonl'), latest),
    dryRuns: (target, latest) => latestOf(pathOf(target, 'looks.jsonl'), latest),

    retrainings: async (target) =>
      (await json<Retrainings>(pathOf(target, 'retrainings.json'))) ?? { entries: [], pause: null },

    claimRetraining: (target, entry, judge) =>
      locked(target, async () => {
        const known = await log.retrainings(target);
        if (known.entries.some(({ run }) => run === entry.run)) return { allowed: true };
        const verdict = judge(known);
        if (verdict.allowed) await store(target, { ...known, entries: [...known.entries, entry] });
        return verdict;
      }),

    finishRetraining: (target, run, outcome) =>
      change(target, ({ entries }) => {
        for (const entry of entries) if (entry.run === run) entry.outcome = outcome;
      }),

    async withdrawRetraining(target, run) {
      await change(target, (known) => (known.entries = withoutClaim(known.entries, run)));
    },

    async recordPause(target, pause) {
      await change(target, (known) => (known.pause = pause));
    },

    async recordFailure(target, failure) {
      await change(target, (known) => (known.failures = withFailure(known.failures ?? [], failure)));
    },

    delivered: async (target) => (await json<Delivery[]>(pathOf(target, 'deliveries.json'))) ?? [],

    recordDelivery: (target, delivery) =>
      locked(target, async () => {
        const known = withDelivery(await log.delivered(target), delivery);
        await writeFileAtomic(pathOf(target, 'deliveries.json'), `${JSON.stringify(known, null, 2)}\n`);
      }),
  };
  return log;
}

/** `null` when there is no such file. */
async function json<T>(path: string): Promise<T | null> {
  try {
    return recorded(await readFile(path, 'utf8'), path) as T;
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

/** The last bytes of a file, from the first whole line in them; `''` when there is no file. */
async function tailOf(path: string, bytes: number): Promise<string> {
  let file;
  try {
    file = await open(path, 'r');
  } catch (error) {
    if (isMissing(error)) return '';
    throw error;
  }
  try {
    const { size } = await file.stat();
    const start = Math.max(0, size - bytes);
    const buffer = Buffer.alloc(size - start);
    await file.read(buffer, 0, buffer.length, start);
    const text = buffer.toString('utf8');
    return start === 0 ? text : text.slice(text.indexOf('\n') + 1);
  } finally {
    await file.close();
  }
}

/** On a line of its own, whatever a killed writer left before it. */
async function appendLine(path: string, line: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await appendFile(path, `\n${line}\n`);
}
