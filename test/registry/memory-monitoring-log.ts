import type { CheckEntry } from '../../src/contracts/monitoring.js';
import type { MonitoringLog, Retrainings } from '../../src/registry/monitoring-log.js';

/** Monitoring of one model in memory, for tests of many checks. Passes the behaviour suite of the port. */
export function createMemoryMonitoringLog(): MonitoringLog {
  const checks: CheckEntry[] = [];
  const known: Retrainings = { entries: [], pausedAt: null };
  const copy = () => structuredClone(known);
  return {
    recordCheck(check) {
      if (!checks.slice(-20).some(({ run }) => run === check.run)) checks.push(check);
      return Promise.resolve();
    },
    checks: (model, latest) => Promise.resolve(checks.filter(({ model: { name } }) => name === model).slice(-latest)),
    retrainings: () => Promise.resolve(copy()),
    claimRetraining(_model, entry, judge) {
      if (known.entries.some(({ run }) => run === entry.run)) return Promise.resolve({ allowed: true });
      const claim = judge(copy());
      if (claim.allowed) known.entries.push(entry);
      return Promise.resolve(claim);
    },
    finishRetraining(_model, run, outcome) {
      known.entries = known.entries.map((entry) => (entry.run === run ? { ...entry, outcome } : entry));
      return Promise.resolve(copy());
    },
    recordPause: (_model, at) => Promise.resolve(void (known.pausedAt = at)),
  };
}
