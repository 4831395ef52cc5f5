import type { TimeWindow } from '../../../src/contracts/values.js';
import type {
  ColumnDrift,
  Hypothesis,
  CheckEntry,
  DriftState,
  PerformanceFinding,
  RetrainingEntry,
  RequestFinding,
} from '../../../src/contracts/monitoring.js';
import type { MonitoringPolicy } from '../../../src/contracts/definition.js';
import { decide } from '../../../src/monitoring/decide.js';

export const HOUR = 3_600_000;
/** Where the clocks of these tests start. */
export const START = Date.parse('2026-01-01T00:00:00.000Z');

/** ISO time so many hours after the start. */
export const at = (hour: number): string => new Date(START + hour * HOUR).toISOString();

/** The window of an hour that ends then. */
export const windowTo = (hour: number, length = 1): TimeWindow => ({ from: at(hour - length), to: at(hour) });

export const MODEL = { name: 'anemia', version: 3, sha256: 'a'.repeat(64) };

export const POLICY: MonitoringPolicy = {
  enabled: true,
  everyMinutes: 60,
  windowMinutes: 60,
  jitterSeconds: 0,
  settleSeconds: 0,
  drift: {
    minimumRows: 100,
    falseDiscoveryRate: 0.01,
    minimumEffect: 0.1,
    alarm: { windows: 2, of: 3 },
    cooldownHours: 24,
  },
  performance: { metric: 'rocAuc', maximumLoss: 0.05, windowHours: 168, minimumPerClass: 20 },
  requests: { maximumRefusedShare: 0.05 },
  retraining: { on: ['drift', 'performance'], everyDays: null, perWeek: 2, cooldownHours: 24, refusedInARow: 3 },
};

/** What one check of a course of checks finds. */
export interface Found {
  /** Hours after the start: the end of the window. */
  hour: number;
  drift: DriftState;
  performance?: PerformanceFinding['state'];
  requests?: RequestFinding['state'];
  mode?: CheckEntry['mode'];
  asked?: true;
  model?: CheckEntry['model'];
  /** Hours after the start, unless it is the end of the window. */
  now?: number;
  /** Hours that the window holds, unless it is one. */
  length?: number;
}

/** Lets checks happen one after the other, each knowing those before it. */
export function runChecks(course: readonly Found[], policy: MonitoringPolicy = POLICY): CheckEntry[] {
  const entries: CheckEntry[] = [];
  for (const found of course) entries.push(check(found, entries, policy));
  return entries;
}

export function check(found: Found, earlier: readonly CheckEntry[], policy: MonitoringPolicy = POLICY): CheckEntry {
  const {
    hour,
    drift,
    performance = 'none',
    requests = 'accepted',
    mode = 'scheduled',
    asked,
    model = MODEL,
    now = hour,
    length = 1,
  } = found;
  const rows = drift === 'insufficient' ? 12 : 240;
  const driftedColumns = drift === 'drift' ? ['r', 'hb'] : [];
  const window = { ...windowTo(hour, length), rows };
  const judged = { state: performance, found: `Performance is ${performance}.` };
  const driftedCount = driftedColumns.length;
  const refused = requests === 'refused' ? 20 : 0;
  const decision = decide({
    asked,
    model,
    drift,
    driftedCount,
    driftedColumns,
    performance: judged,
    requests: { state: requests, maximumShare: 0.05, found: refused > 0 ? '20 of 200 requests were refused.' : '' },
    window,
    policy,
    earlier,
    now: at(now),
  });
  return {
    run: `check-${hour}-${now}`,
    mode,
    asked,
    at: at(now),
    model,
    window: { from: window.from, to: window.to },
    rows,
    drift,
    driftedCount,
    driftedColumns,
    evidentlyDrift: false,
    performance: { state: performance, value: null, rows: 0 },
    requests: { state: requests, total: 200, refused, maximumShare: 0.05 },
    decision,
    largestEffect: null,
  };
}

/** One letter an hour from `hour` on: D drift, n no drift, i insufficient, a space for no check. */
export function hourly(letters: string, hour = 1): Found[] {
  const states: Record<string, DriftState> = { D: 'drift', n: 'no-drift', i: 'insufficient' };
  return Array.from(letters).flatMap((letter, i) => {
    const drift = states[letter];
    return drift === undefined ? [] : [{ hour: hour + i, drift }];
  });
}

export function hypothesis(p: number, effect: number, about: Hypothesis['about'] = 'distribution'): Hypothesis {
  return { about, p, adjustedP: p, effect: { name: 'effect', value: effect, minimum: 0.1 }, drifted: false };
}

export function column(name: string, hypotheses: Hypothesis[], evidently: boolean | null = false): ColumnDrift {
  const counts = { rows: 100, missing: 0, mean: 1, min: 0, max: 2 };
  const test = { name: 'ks' as const, value: 0.5, threshold: 0.05 };
  return {
    column: name,
    role: 'feature',
    kind: 'numeric',
    reference: counts,
    current: counts,
    test: evidently === null ? null : { ...test, drifted: evidently },
    stability: null,
    hypotheses,
    histogram: null,
  };
}

export function retraining(startedHour: number, more: Partial<RetrainingEntry> = {}): RetrainingEntry {
  return {
    run: `retrain-${startedHour}`,
    cause: 'drift',
    startedAt: at(startedHour),
    datasetSha256: `data-${startedHour}`,
    definitionSha256: 'definition',
    outcome: 'refused',
    training: `train-${startedHour}`,
    ...more,
  };
}
