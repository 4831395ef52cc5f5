import type { CheckEntry } from '../../../src/contracts/monitoring.js';
import type { MonitoringPolicy } from '../../../src/contracts/definition.js';
import type { DriftReport } from '../../../src/contracts/results.js';
import { around, calibrationOf, isoAt, MODEL, SHA } from './made-up.js';
import { numericColumn, predictionColumn } from './made-up-columns.js';

export const POLICY: MonitoringPolicy = {
  enabled: true,
  everyMinutes: 60,
  windowMinutes: 1440,
  jitterSeconds: 60,
  settleSeconds: 30,
  drift: {
    minimumRows: 200,
    falseDiscoveryRate: 0.01,
    minimumEffect: 0.2,
    alarm: { windows: 3, of: 5 },
    cooldownHours: 24,
  },
  performance: { metric: 'rocAuc', maximumLoss: 0.05, windowHours: 168, minimumPerClass: 30 },
  requests: { maximumRefusedShare: 0.05 },
  retraining: { on: ['drift', 'performance'], everyDays: 30, perWeek: 2, cooldownHours: 24, refusedInARow: 3 },
};

/** A check `hours` from now, quiet unless said otherwise. */
export function checkEntry(hours: number, changes: Partial<CheckEntry> = {}): CheckEntry {
  return {
    run: `drift-anemia-detection-${isoAt(hours).slice(0, 19)}Z/run`,
    mode: 'scheduled',
    at: isoAt(hours),
    model: MODEL,
    window: { from: isoAt(hours - 24), to: isoAt(hours) },
    rows: 1200,
    drift: 'no-drift',
    driftedCount: 0,
    driftedColumns: [],
    evidentlyDrift: false,
    performance: { state: 'kept', value: 0.96, rows: 420 },
    requests: { state: 'accepted', total: 1290, refused: 46, maximumShare: 0.05 },
    decision: { state: 'quiet', episodes: [], begun: [], retrain: null, why: 'No hypothesis was drifted.' },
    largestEffect: { column: 'hb', value: 0.08 },
    ...changes,
  };
}

const BEGUN = { id: `drift-${isoAt(-2)}`, kind: 'drift', since: isoAt(-2) } as const;

/** Sixty quiet hours, then a rise into an alarm. */
function trendOf(): CheckEntry[] {
  return Array.from({ length: 60 }, (_, index) => {
    const hours = index - 60;
    const rising = Math.max(0, hours + 8) * 0.05;
    const value = 0.07 + 0.03 * Math.abs(Math.sin(index * 1.7)) + rising;
    const drifted = value > 0.2;
    const state = hours >= -2 ? 'alarm' : drifted ? 'suspected' : 'quiet';
    if (index === 20)
      return checkEntry(hours, {
        rows: 64,
        drift: 'insufficient',
        largestEffect: null,
        performance: { state: 'insufficient', value: null, rows: 4 },
      });
    return checkEntry(hours, {
      rows: 1180 + ((index * 37) % 90),
      drift: drifted ? 'drift' : 'no-drift',
      driftedCount: drifted ? 1 : 0,
      driftedColumns: drifted ? ['hb'] : [],
      largestEffect: { column: 'hb', value },
      performance: { state: 'kept', value: 0.962 - 0.002 * Math.sin(index) - rising / 12, rows: 400 },
      decision: {
        state: state === 'alarm' && hours > -2 ? 'ongoing' : state,
        episodes: state === 'alarm' ? [BEGUN] : [],
        begun: [],
        retrain: null,
        why: 'The window was compared.',
      },
    });
  });
}

/** A check that finds drift in two of six columns, with labels, in an alarm that begins with it. */
export function driftReport(changes: Partial<DriftReport> = {}): DriftReport {
  const episode = { id: `drift-${isoAt(0)}`, kind: 'drift', since: isoAt(0) } as const;
  return {
    kind: 'drift-report',
    schemaVersion: 2,
    check: checkEntry(0, {
      rows: 1244,
      drift: 'drift',
      driftedCount: 2,
      driftedColumns: ['r', 'hb'],
      decision: {
        state: 'alarm',
        episodes: [episode],
        begun: [episode],
        retrain: 'drift',
        why: '3 of the latest 5 windows with enough rows drifted; the largest effect is 0.515 in hb, the least that counts is 0.2.',
      },
      largestEffect: { column: 'hb', value: 0.515 },
    }),
    policy: POLICY,
    window: {
      from: isoAt(-24),
      to: isoAt(0),
      rows: 1244,
      otherVersions: [{ version: 2, sha256: SHA('a'), rows: 31 }],
      brokenLines: 1,
      requests: {
        total: 1290,
        refused: 46,
        faults: [
          { reason: 'unknown-field', feature: null, requests: 41 },
          { reason: 'missing-field', feature: 'hb', requests: 41 },
          { reason: 'out-of-range', feature: 'r', requests: 5 },
        ],
      },
      withoutInputs: 0,
      unknownFeatures: ['site'],
      missingFeatures: [],
    },
    reference: { rows: 832, exact: true },
    columns: [
      numericColumn('r', [30, 60], [44.8, 3.4], [46.1, 3.9]),
      numericColumn('g', [20, 40], [29.9, 1.9], [29.8, 1.9]),
      numericColumn('b', [15, 35], [25.2, 2.3], [25.1, 2.4]),
      numericColumn('hb', [4, 18], [11.4, 1.94], [10.4, 2.2]),
      predictionColumn,
      numericColumn('score', [0, 1], [0.28, 0.31], [0.33, 0.33], 'score'),
    ],
    performance: {
      state: 'kept',
      window: { from: isoAt(-168), to: isoAt(0) },
      measured: {
        rows: 420,
        positives: 112,
        metrics: {
          rocAuc: around(0.951, 0.021),
          accuracy: around(0.914, 0.027),
          recall: around(0.884, 0.06),
          brier: around(0.064, 0.014),
        },
        calibrationError: 0.031,
        calibration: calibrationOf(420),
      },
      estimated: { rows: 1244, metrics: { rocAuc: 0.958, accuracy: 0.921, recall: 0.871 } },
      metric: 'rocAuc',
      reference: 0.969,
      found: 'ROC AUC is 0.951 (0.930 to 0.972) on 420 labelled rows, 0.018 below training; up to 0.05 is allowed.',
    },
    trend: trendOf(),
    ...changes,
  };
}

/** A first check of five rows, by hand, without labels. */
export function emptyDriftReport(): DriftReport {
  const report = driftReport();
  return {
    ...report,
    check: checkEntry(0, {
      mode: 'by-hand',
      rows: 5,
      drift: 'insufficient',
      driftedCount: 0,
      driftedColumns: [],
      largestEffect: null,
      performance: { state: 'none', value: null, rows: 0 },
      decision: {
        state: 'quiet',
        episodes: [],
        begun: [],
        retrain: null,
        why: '5 rows are too few: at least 200 are needed.',
      },
    }),
    window: { ...report.window, rows: 5, otherVersions: [], brokenLines: 0, unknownFeatures: [] },
    columns: [
      { ...report.columns[0]!, test: null, hypotheses: [], histogram: null },
      { ...report.columns[4]!, hypotheses: [], histogram: { bins: { edges: [2, 2] }, reference: [1], current: [1] } },
    ],
    performance: {
      ...report.performance,
      state: 'none',
      measured: null,
      estimated: null,
      reference: null,
      found: 'No label is known yet.',
    },
    trend: [],
  };
}
