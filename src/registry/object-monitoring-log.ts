import type { CheckEntry } from '../contracts/monitoring.js';
import type { Objects } from '../store/objects.js';
import { compareAndSet, textOf, untilWon } from './compare-and-set.js';
import type { Claim, Delivery, MonitoringLog, Place, Retrainings } from './monitoring-log.js';
import { DELIVERIES, folderOf, RECENT } from './place.js';

/** Checks are read so many at a time. */
const AT_ONCE = 16;

/**
 * Monitoring log in a bucket beside the registry's, below `<model>/monitoring/<function>.<alias>/`:
 * `checks/<n>.json` and `looks/<n>.json`, each number belonging to whoever writes it first, `retrainings.json` and
 * `deliveries.json`, written over the state that was read. Any number of machines may write at once.
 */
export function createObjectMonitoringLog(objects: Objects): MonitoringLog {
  const keyOf = (place: Place, rest: string) => `${folderOf(place)}/${rest}`;

  /** The latest entries of a series, oldest first, and the number of the last one, 0 for none. */
  async function latestOf(series: string, latest: number): Promise<{ entries: CheckEntry[]; last: number }> {
    const keys = await objects.list(series);
    const entries: CheckEntry[] = [];
    const wanted = latest === 0 ? [] : keys.slice(-latest);
    for (let start = 0; start < wanted.length; start += AT_ONCE) {
      const found = await Promise.all(wanted.slice(start, start + AT_ONCE).map((key) => objects.get(key)));
      for (const object of found) if (object !== null) entries.push(JSON.parse(textOf(object.bytes)) as CheckEntry);
    }
    return { entries, last: Number.parseInt(keys.at(-1)?.slice(series.length) ?? '0', 10) };
  }

  /** Appends what `judge` makes of the latest entries, unless they hold this run. */
  const append = (series: string, run: string, latest: number, judge: (earlier: CheckEntry[]) => CheckEntry) =>
    untilWon(series, async () => {
      const { entries, last } = await latestOf(series, latest);
      const known = entries.find((entry) => entry.run === run);
      if (known !== undefined) return { won: known };
      const entry = judge(entries);
      const bytes = Buffer.from(JSON.stringify(entry));
      return (await objects.put(numbered(series, last + 1), bytes, 'when-absent')) === null ? null : { won: entry };
    });

  const retrainings = <T>(place: Place, change: (known: Retrainings) => { next: Retrainings | null; result: T }) =>
    compareAndSet(objects, keyOf(place, 'retrainings.json'), (text) => {
      const { next, result } = change(text === null ? { entries: [], pause: null } : (JSON.parse(text) as Retrainings));
      return { text: next === null ? null : written(next), result };
    });

  return {
    concludeCheck: (place, run, latest, judge) => append(keyOf(place, 'checks/'), run, latest, judge),

    async recordLook(place, look) {
      await append(keyOf(place, 'looks/'), look.run, RECENT, () => look);
    },

    checks: async (place, latest) => (await latestOf(keyOf(place, 'checks/'), latest)).entries,
    looks: async (place, latest) => (await latestOf(keyOf(place, 'looks/'), latest)).entries,

    retrainings: (place) => retrainings(place, (known) => ({ next: null, result: known })),

    claimRetraining: (place, entry, judge) =>
      retrainings<Claim>(place, (known) => {
        if (known.entries.some(({ run }) => run === entry.run)) return { next: null, result: { allowed: true } };
        const result = judge(known);
        return { next: result.allowed ? { ...known, entries: [...known.entries, entry] } : null, result };
      }),

    finishRetraining: (place, run, outcome) =>
      retrainings(place, (known) => {
        const entries = known.entries.map((entry) => (entry.run === run ? { ...entry, outcome } : entry));
        return { next: { ...known, entries }, result: { ...known, entries } };
      }),

    recordPause: (place, pause) => retrainings(place, (known) => ({ next: { ...known, pause }, result: undefined })),

    async delivered(place) {
      const found = await objects.get(keyOf(place, 'deliveries.json'));
      return found === null ? [] : (JSON.parse(textOf(found.bytes)) as Delivery[]);
    },

    recordDelivery: (place, delivery) =>
      compareAndSet(objects, keyOf(place, 'deliveries.json'), (text) => {
        const known = text === null ? [] : (JSON.parse(text) as Delivery[]);
        const others = known.filter(({ alert, sink }) => alert !== delivery.alert || sink !== delivery.sink);
        return { text: written([...others, delivery].slice(-DELIVERIES)), result: undefined };
      }),
  };
}

const numbered = (series: string, number: number) => `${series}${String(number).padStart(9, '0')}.json`;

const written = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;
