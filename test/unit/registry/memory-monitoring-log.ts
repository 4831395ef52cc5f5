import type { CheckEntry } from '../../../src/contracts/monitoring.js';
import { withFailure, withoutClaim } from '../../../src/registry/monitoring-entries.js';
import type { Delivery, MonitoringLog, MonitoringTarget, Retrainings } from '../../../src/registry/monitoring-log.js';

interface Kept {
  checks: CheckEntry[];
  dryRuns: CheckEntry[];
  retrainings: Retrainings;
  deliveries: Delivery[];
}

/** Monitoring in memory, for tests of many checks. Passes the behaviour suite of the port. */
export function createMemoryMonitoringLog(): MonitoringLog {
  const places = new Map<string, Kept>();
  const at = ({ model, functionName, alias }: MonitoringTarget): Kept => {
    const key = [model, functionName, alias].join(' ');
    const kept = places.get(key) ?? {
      checks: [],
      dryRuns: [],
      retrainings: { entries: [], pause: null },
      deliveries: [],
    };
    places.set(key, kept);
    return kept;
  };
  return {
    concludeCheck(target, run, latest, judge) {
      const { checks } = at(target);
      const known = checks.slice(-latest).find((check) => check.run === run);
      if (known !== undefined) return Promise.resolve(known);
      const check = judge(checks.slice(-latest));
      checks.push(check);
      return Promise.resolve(check);
    },
    recordDryRun(target, dryRun) {
      const { dryRuns } = at(target);
      if (!dryRuns.slice(-20).some(({ run }) => run === dryRun.run)) dryRuns.push(dryRun);
      return Promise.resolve();
    },
    checks: (target, latest) => Promise.resolve(at(target).checks.slice(-latest)),
    dryRuns: (target, latest) => Promise.resolve(at(target).dryRuns.slice(-latest)),
    retrainings: (target) => Promise.resolve(structuredClone(at(target).retrainings)),
    claimRetraining(target, entry, judge) {
      const { retrainings } = at(target);
      if (retrainings.entries.some(({ run }) => run === entry.run)) return Promise.resolve({ allowed: true });
      const claim = judge(structuredClone(retrainings));
      if (claim.allowed) retrainings.entries.push(entry);
      return Promise.resolve(claim);
    },
    finishRetraining(target, run, outcome) {
      const { retrainings } = at(target);
      retrainings.entries = retrainings.entries.map((entry) => (entry.run === run ? { ...entry, outcome } : entry));
      return Promise.resolve(structuredClone(retrainings));
    },
    withdrawRetraining(target, run) {
      const { retrainings } = at(target);
      retrainings.entries = withoutClaim(retrainings.entries, run);
      return Promise.resolve();
    },
    recordPause: (target, pause) => Promise.resolve(void (at(target).retrainings.pause = pause)),
    recordFailure(target, failure) {
      const { retrainings } = at(target);
      retrainings.failures = withFailure(retrainings.failures ?? [], failure);
      return Promise.resolve();
    },
    delivered: (target) => Promise.resolve([...at(target).deliveries]),
    recordDelivery: (target, delivery) => Promise.resolve(void at(target).deliveries.push(delivery)),
  };
}
