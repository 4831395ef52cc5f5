import type { CheckEntry } from '../contracts/monitoring.js';
import type { Objects } from '../store/objects.js';
import { entryIn, RECENT_DRY_RUNS, withDelivery, withFailure, withoutClaim } from './monitoring-entries.js';
import type { Claim, Delivery, MonitoringLog, MonitoringTarget, Retrainings } from './monitoring-log.js';
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
  const linesOf = (target: MonitoringTarget, folder: string) =>
    createObjectLines(objects, `${monitoringFolder(target)}/${folder}`);
  const retrainingsOf = (target: MonitoringTarget) => `${monitoringFolder(target)}/retrainings.json`;
  const deliveriesOf = (target: MonitoringTarget) => `${monitoringFolder(target)}/deliveries.json`;
  const change = async (
    target: MonitoringTarget,
    edit: (known: Retrainings) => Retrainings | null,
  ): Promise<Retrainings> => changeRecord(objects, retrainingsOf(target), NO_RETRAININGS, edit);

  /** Appends what `judge` makes of the entries before it, unless the run is among them. */
  const conclude = async (
    target: MonitoringTarget,
    { folder, run, latest }: { folder: 'checks' | 'looks'; run: string; latest: number },
    judge: (earlier: CheckEntry[]) => CheckEntry,
  ): Promise<CheckEntry> => {
    const lines = linesOf(target, folder);
    return retryOnConflict(`the ${folder} of ${target.model}`, async () => {
      const { lines: read, end } = await lines.latest(latest);
      const earlier = read.flatMap(entryIn);
      const known = earlier.find((check) => check.run === run);
      if (known !== undefined) return known;
      const check = judge(earlier);
      await lines.append(end, JSON.stringify(check));
      return check;
    });
  };

  const latestOf = async (target: MonitoringTarget, folder: string, latest: number) =>
    (await linesOf(target, folder).latest(latest)).lines.flatMap(entryIn);

  return {
    concludeCheck: (target, run, latest, judge) => conclude(target, { folder: 'checks', run, latest }, judge),

    async recordDryRun(target, dryRun) {
      await conclude(target, { folder: 'looks', run: dryRun.run, latest: RECENT_DRY_RUNS }, () => dryRun);
    },

    checks: (target, latest) => latestOf(target, 'checks', latest),
    dryRuns: (target, latest) => latestOf(target, 'looks', latest),
    retrainings: async (target) => readRecord(objects, retrainingsOf(target), NO_RETRAININGS),

    async claimRetraining(target, entry, judge) {
      let claim: Claim = { allowed: true };
      await change(target, (known) => {
        const claimed = known.entries.some(({ run }) => run === entry.run);
        claim = claimed ? { allowed: true } : judge(known);
        return claimed || !claim.allowed ? null : { ...known, entries: [...known.entries, entry] };
      });
      return claim;
    },

    finishRetraining: (target, run, outcome) =>
      change(target, (known) => {
        if (known.entries.every((entry) => entry.run !== run || entry.outcome === outcome)) return null;
        return { ...known, entries: known.entries.map((entry) => (entry.run === run ? { ...entry, outcome } : entry)) };
      }),

    async withdrawRetraining(target, run) {
      await change(target, (known) => ({ ...known, entries: withoutClaim(known.entries, run) }));
    },

    async recordPause(target, pause) {
      await change(target, (known) => ({ ...known, pause }));
    },

    async recordFailure(target, failure) {
      await change(target, (known) => ({ ...known, failures: withFailure(known.failures ?? [], failure) }));
    },

    delivered: async (target) => readRecord<Delivery[]>(objects, deliveriesOf(target), []),

    async recordDelivery(target, delivery) {
      await changeRecord<Delivery[]>(objects, deliveriesOf(target), [], (known) => withDelivery(known, delivery));
    },
  };
}
