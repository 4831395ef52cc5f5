import { appendFile, mkdir, open, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { CheckEntry } from '../contracts/monitoring.js';
import { isMissing, writeFileAtomic } from '../store/files.js';
import { withLock } from './lock.js';
import { entryIn, RECENT_LOOKS, withDelivery, withFailure, withoutClaim } from './monitoring-entries.js';
import type { Delivery, MonitoringLog, Place, Retrainings } from './monitoring-log.js';
import { monitoringFolder, recorded } from './refusals.js';

/** A check's line is shorter than this; the tail that holds so many lines is read. */
const LINE_BYTES = 8192;

/**
 * Monitoring log in files beside the registry's, below `<model>/monitoring/<function>.<alias>/`: `checks.jsonl` and
 * `looks.jsonl`, which only grow, `retrainings.json` and `deliveries.json`, written whole. One lock per place lets
 * several processes write.
 */
export function createFileMonitoringLog(root: string): MonitoringLog {
  const directoryOf = (place: Place) => join(root, monitoringFolder(place));
  const pathOf = (place: Place, file: string) => join(directoryOf(place), file);
  const locked = async <T>(place: Place, act: () => Promise<T>): Promise<T> => withLock(directoryOf(place), act);
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
  const store = (place: Place, known: Retrainings) =>
    writeFileAtomic(pathOf(place, 'retrainings.json'), `${JSON.stringify(known, null, 2)}\n`);
  const change = (place: Place, edit: (known: Retrainings) => void): Promise<Retrainings> =>
    locked(place, async () => {
      const known = await log.retrainings(place);
      edit(known);
      await store(place, known);
      return known;
    });

  const log: MonitoringLog = {
    concludeCheck: (place, run, latest, judge) =>
      locked(place, async () => {
        const earlier = await log.checks(place, latest);
        const known = earlier.find((check) => check.run === run);
        if (known !== undefined) return known;
        const check = judge(earlier);
        await appendLine(pathOf(place, 'checks.jsonl'), JSON.stringify(check));
        return check;
      }),

    recordLook: (place, look) =>
      locked(place, async () => {
        if ((await log.looks(place, RECENT_LOOKS)).some(({ run }) => run === look.run)) return;
        await appendLine(pathOf(place, 'looks.jsonl'), JSON.stringify(look));
      }),

    checks: (place, latest) => latestOf(pathOf(place, 'checks.jsonl'), latest),
    looks: (place, latest) => latestOf(pathOf(place, 'looks.jsonl'), latest),

    retrainings: async (place) =>
      (await json<Retrainings>(pathOf(place, 'retrainings.json'))) ?? { entries: [], pause: null },

    claimRetraining: (place, entry, judge) =>
      locked(place, async () => {
        const known = await log.retrainings(place);
        if (known.entries.some(({ run }) => run === entry.run)) return { allowed: true };
        const verdict = judge(known);
        if (verdict.allowed) await store(place, { ...known, entries: [...known.entries, entry] });
        return verdict;
      }),

    finishRetraining: (place, run, outcome) =>
      change(place, ({ entries }) => {
        for (const entry of entries) if (entry.run === run) entry.outcome = outcome;
      }),

    async withdrawRetraining(place, run) {
      await change(place, (known) => (known.entries = withoutClaim(known.entries, run)));
    },

    async recordPause(place, pause) {
      await change(place, (known) => (known.pause = pause));
    },

    async recordFailure(place, failure) {
      await change(place, (known) => (known.failures = withFailure(known.failures ?? [], failure)));
    },

    delivered: async (place) => (await json<Delivery[]>(pathOf(place, 'deliveries.json'))) ?? [],

    recordDelivery: (place, delivery) =>
      locked(place, async () => {
        const known = withDelivery(await log.delivered(place), delivery);
        await writeFileAtomic(pathOf(place, 'deliveries.json'), `${JSON.stringify(known, null, 2)}\n`);
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
