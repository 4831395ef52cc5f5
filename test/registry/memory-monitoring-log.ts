import type { CheckEntry } from '../../src/contracts/monitoring.js';
import { withFailure, withoutClaim } from '../../src/registry/monitoring-entries.js';
import type { Delivery, MonitoringLog, Place, Retrainings } from '../../src/registry/monitoring-log.js';

interface Kept {
  checks: CheckEntry[];
  looks: CheckEntry[];
  retrainings: Retrainings;
  deliveries: Delivery[];
}

/** Monitoring in memory, for tests of many checks. Passes the behaviour suite of the port. */
export function createMemoryMonitoringLog(): MonitoringLog {
  const places = new Map<string, Kept>();
  const at = ({ model, functionName, alias }: Place): Kept => {
    const key = [model, functionName, alias].join(' ');
    const kept = places.get(key) ?? {
      checks: [],
      looks: [],
      retrainings: { entries: [], pause: null },
      deliveries: [],
    };
    places.set(key, kept);
    return kept;
  };
  return {
    concludeCheck(place, run, latest, judge) {
      const { checks } = at(place);
      const known = checks.slice(-latest).find((check) => check.run === run);
      if (known !== undefined) return Promise.resolve(known);
      const check = judge(checks.slice(-latest));
      checks.push(check);
      return Promise.resolve(check);
    },
    recordLook(place, look) {
      const { looks } = at(place);
      if (!looks.slice(-20).some(({ run }) => run === look.run)) looks.push(look);
      return Promise.resolve();
    },
    checks: (place, latest) => Promise.resolve(at(place).checks.slice(-latest)),
    looks: (place, latest) => Promise.resolve(at(place).looks.slice(-latest)),
    retrainings: (place) => Promise.resolve(structuredClone(at(place).retrainings)),
    claimRetraining(place, entry, judge) {
      const { retrainings } = at(place);
      if (retrainings.entries.some(({ run }) => run === entry.run)) return Promise.resolve({ allowed: true });
      const claim = judge(structuredClone(retrainings));
      if (claim.allowed) retrainings.entries.push(entry);
      return Promise.resolve(claim);
    },
    finishRetraining(place, run, outcome) {
      const { retrainings } = at(place);
      retrainings.entries = retrainings.entries.map((entry) => (entry.run === run ? { ...entry, outcome } : entry));
      return Promise.resolve(structuredClone(retrainings));
    },
    withdrawRetraining(place, run) {
      const { retrainings } = at(place);
      retrainings.entries = withoutClaim(retrainings.entries, run);
      return Promise.resolve();
    },
    recordPause: (place, pause) => Promise.resolve(void (at(place).retrainings.pause = pause)),
    recordFailure(place, failure) {
      const { retrainings } = at(place);
      retrainings.failures = withFailure(retrainings.failures ?? [], failure);
      return Promise.resolve();
    },
    delivered: (place) => Promise.resolve([...at(place).deliveries]),
    recordDelivery: (place, delivery) => Promise.resolve(void at(place).deliveries.push(delivery)),
  };
}
