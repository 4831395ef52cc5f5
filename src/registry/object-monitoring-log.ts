import type { CheckEntry } from '../contracts/monitoring.js';
import type { Objects } from '../store/objects.js';
import { entryIn, RECENT_LOOKS, withDelivery, withFailure, withoutClaim } from './monitoring-entries.js';
import type { Claim, Delivery, MonitoringLog, Place, Retrainings } from './monitoring-log.js';
import { createObjectLines } from './object-lines.js';
import { changeRecord, readRecord } from './object-record.js';
import { monitoringFolder } from './refusals.js';
import { retryOnConflict } from './conflicts.js';

const NO_RETRAININGS: Retrainings = { entries: [], pause: null };

/**
 * Monitoring log in a bucket, beside the registry's objects, below `<model>/monitoring/<function>.<alias>/`: `checks/`
 * and `looks/`, which only grow, `retrainings.json` and `deliveries.json`, each put only over the state that was read.
 */
export function createObjectMonitoringLog(objects: Objects): MonitoringLog {
  const linesOf = (place: Place, folder: string) => createObjectLines(objects, `${monitoringFolder(place)}/${folder}`);
  const retrainingsOf = (place: Place) => `${monitoringFolder(place)}/retrainings.json`;
  const deliveriesOf = (place: Place) => `${monitoringFolder(place)}/deliveries.json`;
  const change = async (place: Place, edit: (known: Retrainings) => Retrainings | null): Promise<Retrainings> =>
    changeRecord(objects, retrainingsOf(place), NO_RETRAININGS, edit);

  /** Appends what `judge` makes of the entries before it, unless the run is among them. */
  const conclude = async (
    place: Place,
    { folder, run, latest }: { folder: 'checks' | 'looks'; run: string; latest: number },
    judge: (earlier: CheckEntry[]) => CheckEntry,
  ): Promise<CheckEntry> => {
    const lines = linesOf(place, folder);
    return retryOnConflict(`the ${folder} of ${place.model}`, async () => {
      const { lines: read, end } = await lines.latest(latest);
      const earlier = read.flatMap(entryIn);
      const known = earlier.find((check) => check.run === run);
      if (known !== undefined) return known;
      const check = judge(earlier);
      await lines.append(end, JSON.stringify(check));
      return check;
    });
  };

  const latestOf = async (place: Place, folder: string, latest: number) =>
    (await linesOf(place, folder).latest(latest)).lines.flatMap(entryIn);

  return {
    concludeCheck: (place, run, latest, judge) => conclude(place, { folder: 'checks', run, latest }, judge),

    async recordLook(place, look) {
      await conclude(place, { folder: 'looks', run: look.run, latest: RECENT_LOOKS }, () => look);
    },

    checks: (place, latest) => latestOf(place, 'checks', latest),
    looks: (place, latest) => latestOf(place, 'looks', latest),
    retrainings: async (place) => readRecord(objects, retrainingsOf(place), NO_RETRAININGS),

    async claimRetraining(place, entry, judge) {
      let claim: Claim = { allowed: true };
      await change(place, (known) => {
        const claimed = known.entries.some(({ run }) => run === entry.run);
        claim = claimed ? { allowed: true } : judge(known);
        return claimed || !claim.allowed ? null : { ...known, entries: [...known.entries, entry] };
      });
      return claim;
    },

    finishRetraining: (place, run, outcome) =>
      change(place, (known) => {
        if (known.entries.every((entry) => entry.run !== run || entry.outcome === outcome)) return null;
        return { ...known, entries: known.entries.map((entry) => (entry.run === run ? { ...entry, outcome } : entry)) };
      }),

    async withdrawRetraining(place, run) {
      await change(place, (known) => ({ ...known, entries: withoutClaim(known.entries, run) }));
    },

    async recordPause(place, pause) {
      await change(place, (known) => ({ ...known, pause }));
    },

    async recordFailure(place, failure) {
      await change(place, (known) => ({ ...known, failures: withFailure(known.failures ?? [], failure) }));
    },

    delivered: async (place) => readRecord<Delivery[]>(objects, deliveriesOf(place), []),

    async recordDelivery(place, delivery) {
      await changeRecord<Delivery[]>(objects, deliveriesOf(place), [], (known) => withDelivery(known, delivery));
    },
  };
}
