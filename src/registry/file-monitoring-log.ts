import { appendFile, mkdir, open, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import lockfile from 'proper-lockfile';
import type { CheckEntry } from '../contracts/monitoring.js';
import { isMissing, writeFileAtomic } from '../store/files.js';
import type { MonitoringLog, Retrainings } from './monitoring-log.js';

/** A writer waits this long for another one in all: 30 tries, 50 to 500 ms apart. */
const LOCK_RETRIES = { retries: 30, minTimeout: 50, maxTimeout: 500 };

/** A lock whose owner died is taken over after this time. */
const LOCK_STALE_MS = 10_000;

/** A check's line is shorter than this; the tail that holds so many lines is read. */
const LINE_BYTES = 8192;

/**
 * Monitoring log in files beside the registry's: `<model>/monitoring/checks.jsonl`, which only grows, and
 * `retrainings.json`, written whole. One lock per model lets several processes write.
 */
export function createFileMonitoringLog(root: string): MonitoringLog {
  const placeOf = (model: string) => {
    if (!/^[a-z][a-z0-9-]{0,62}$/.test(model))
      throw new Error('A model name has lower-case letters, digits and hyphens.');
    return join(root, model, 'monitoring');
  };
  const checksOf = (model: string) => join(placeOf(model), 'checks.jsonl');
  const retrainingsOf = (model: string) => join(placeOf(model), 'retrainings.json');

  async function locked<T>(model: string, act: () => Promise<T>): Promise<T> {
    await mkdir(placeOf(model), { recursive: true });
    let lost: Error | undefined;
    const release = await lockfile.lock(placeOf(model), {
      retries: LOCK_RETRIES,
      stale: LOCK_STALE_MS,
      onCompromised: (error) => (lost = error),
    });
    try {
      const result = await act();
      if (lost !== undefined) throw new Error(`The lock on the monitoring of ${model} was lost.`, { cause: lost });
      return result;
    } finally {
      if (lost === undefined) await release();
    }
  }

  const change = (model: string, edit: (known: Retrainings) => void): Promise<Retrainings> =>
    locked(model, async () => {
      const known = await log.retrainings(model);
      edit(known);
      await writeFileAtomic(retrainingsOf(model), `${JSON.stringify(known, null, 2)}\n`);
      return known;
    });

  const log: MonitoringLog = {
    recordCheck: (check) =>
      locked(check.model.name, async () => {
        const { name } = check.model;
        const recent = await tailOf(checksOf(name), RECENT * LINE_BYTES);
        if (recent.includes(`"run":${JSON.stringify(check.run)}`)) return;
        await appendLine(checksOf(name), JSON.stringify(check));
      }),

    async checks(model, latest) {
      const text = await tailOf(checksOf(model), latest * LINE_BYTES);
      // As many torn lines as whole ones would be very many.
      return text
        .split('\n')
        .filter(Boolean)
        .slice(-2 * latest)
        .flatMap(whole)
        .slice(-latest);
    },

    async retrainings(model) {
      try {
        return JSON.parse(await readFile(retrainingsOf(model), 'utf8')) as Retrainings;
      } catch (error) {
        if (isMissing(error)) return { entries: [], pausedAt: null };
        throw error;
      }
    },

    claimRetraining: (model, entry, judge) =>
      locked(model, async () => {
        const known = await log.retrainings(model);
        if (known.entries.some(({ run }) => run === entry.run)) return { allowed: true };
        const verdict = judge(known);
        if (!verdict.allowed) return verdict;
        known.entries.push(entry);
        await writeFileAtomic(retrainingsOf(model), `${JSON.stringify(known, null, 2)}\n`);
        return verdict;
      }),

    finishRetraining: (model, run, outcome) =>
      change(model, ({ entries }) => {
        for (const entry of entries) if (entry.run === run) entry.outcome = outcome;
      }),

    async recordPause(model, at) {
      await change(model, (known) => (known.pausedAt = at));
    },
  };
  return log;
}

/** A check that is recorded again is one of so many latest. */
const RECENT = 20;

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

/** What a killed writer left of a line is none. */
function whole(line: string): CheckEntry[] {
  try {
    return [JSON.parse(line) as CheckEntry];
  } catch {
    return [];
  }
}

/** On a line of its own, whatever a killed writer left before it. */
async function appendLine(path: string, line: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await appendFile(path, `\n${line}\n`);
}
