import type { ColumnDrift, ColumnHistogram } from '../../src/contracts/drift.js';
import { METRIC_NAMES, type Estimate, type MetricTable } from '../../src/contracts/metrics.js';
import type { CheckEntry, MonitoringPolicy } from '../../src/contracts/monitoring.js';
import { nothingKnown, STAGES } from '../../src/contracts/pipeline.js';
import type { DriftReport, Evaluation, TrainingReport } from '../../src/contracts/report.js';
import type { LeaderboardRow } from '../../src/contracts/results.js';

/* Documents as a run and a check leave them; all numbers are made up, none is a person's. */

const SHA = (digit: string) => digit.repeat(64);
const HOUR = 3_600_000;
const NOW = Date.parse('2026-03-02T14:00:00Z');
const isoAt = (hours: number) => new Date(NOW + hours * HOUR).toISOString();

export const MODEL = { name: 'anemia-detection', version: 3, sha256: SHA('b') };

const around = (value: number, half: number): Estimate => ({
  value,
  low: Math.max(0, value - half),
  high: Math.min(1, value + half),
});

const normal = (x: number, mean: number, deviation: number) => Math.exp(-0.5 * ((x - mean) / deviation) ** 2);

/** Two normal distributions over the same twenty bins. */
function bells(low: number, high: number, reference: [number, number], current: [number, number]): ColumnHistogram {
  const edges = Array.from({ length: 21 }, (_, index) => low + ((high - low) * index) / 20);
  const shares = ([mean, deviation]: [number, number]) => {
    const heights = edges.slice(1).map((edge, index) => normal((edge + edges[index]!) / 2, mean, deviation));
    const total = heights.reduce((sum, height) => sum + height, 0);
    return heights.map((height, bin) => Math.max(0, height / total + 0.004 * Math.sin(bin * mean)));
  };
  return { bins: { edges }, reference: shares(reference), current: shares(current) };
}

function numericColumn(
  column: string,
  range: [number, number],
  reference: [number, number],
  current: [number, number],
  role: ColumnDrift['role'] = 'feature',
): ColumnDrift {
  const effect = Math.abs(current[0] - reference[0]) / reference[1];
  const drifted = effect > 0.2;
  const counts = (rows: number, missing: number, [mean, deviation]: [number, number]) => ({
    rows,
    missing,
    mean,
    min: mean - 2.6 * deviation,
    max: mean + 2.7 * deviation,
  });
  return {
    column,
    role,
    kind: 'numeric',
    reference: counts(832, 0, reference),
    current: counts(1241, role === 'feature' ? 3 : 0, current),
    test: { name: 'ks', value: drifted ? 1.2e-9 : 0.41, threshold: 0.05, drifted },
    hypotheses: [
      {
        about: 'distribution',
        p: drifted ? 1.2e-9 : 0.41,
        adjustedP: drifted ? 8.4e-9 : 0.57,
        effect: { name: 'normed Wasserstein distance', value: effect, minimum: 0.2 },
        drifted,
      },
      {
        about: 'missing',
        p: 0.2,
        adjustedP: 0.41,
        effect: { name: 'difference of missing shares', value: 0.0024, minimum: 0.05 },
        drifted: false,
      },
    ],
    histogram: bells(...range, reference, current),
  };
}

const predictionColumn: ColumnDrift = {
  column: 'prediction',
  role: 'prediction',
  kind: 'categorical',
  reference: { rows: 832, missing: 0, mean: null, min: null, max: null },
  current: { rows: 1244, missing: 0, mean: null, min: null, max: null },
  test: { name: 'z', value: 0.0004, threshold: 0.05, drifted: true },
  hypotheses: [
    {
      about: 'distribution',
      p: 0.0004,
      adjustedP: 0.0014,
      effect: { name: 'Jensen-Shannon distance', value: 0.071, minimum: 0.1 },
      drifted: false,
    },
  ],
  histogram: {
    bins: { categories: ['not anaemic', 'anaemic'] },
    reference: [0.75, 0.25],
    current: [0.66, 0.34],
  },
};

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
    schemaVersion: 1,
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

function calibrationOf(rows: number): Evaluation['calibration'] {
  return [0.04, 0.14, 0.26, 0.35, 0.47, 0.55, 0.64, 0.76, 0.85, 0.95].map((meanScore, bin) => ({
    meanScore,
    positiveShare: Math.min(1, Math.max(0, meanScore + 0.06 * Math.sin(bin * 2.1))),
    rows: Math.round((rows * [40, 14, 7, 4, 3, 3, 4, 6, 8, 11][bin]!) / 100),
  }));
}

function metricsOf(rocAuc: number, recall: number, half: number): MetricTable {
  const values = [
    rocAuc,
    rocAuc - 0.04,
    0.62 + rocAuc / 3,
    0.6 + rocAuc / 3,
    recall,
    recall,
    recall,
    0.97,
    0.2 - rocAuc / 6,
    0.6 - rocAuc / 2,
  ];
  return Object.fromEntries(METRIC_NAMES.map((name, index) => [name, around(values[index]!, half)])) as MetricTable;
}

function candidate(
  name: LeaderboardRow['kind'],
  without: string | null,
  rocAuc: number,
  recall: number,
  half: number,
): LeaderboardRow {
  return {
    candidate: name,
    kind: name,
    without,
    metrics: metricsOf(rocAuc, recall, half),
    confusion: {
      truePositives: Math.round(210 * recall) / 10,
      falsePositives: 2.1,
      trueNegatives: 59.9,
      falseNegatives: 21 - Math.round(210 * recall) / 10,
    },
    rows: 83,
    folds: 5,
    repeats: 10,
    warnings: [],
  };
}

const EVALUATION: Evaluation = {
  rows: 83,
  positives: 21,
  roc: Array.from({ length: 101 }, (_, index) => ({
    falsePositiveRate: index / 100,
    truePositiveRate: Math.round(21 * (1 - (1 - index / 100) ** 18)) / 21,
  })),
  precisionRecall: Array.from({ length: 101 }, (_, index) => ({
    recall: index / 100,
    precision: 1 - 0.7 * (index / 100) ** 9,
  })),
  calibration: calibrationOf(83),
  importances: [
    { feature: 'hb', loss: { value: 0.281, low: 0.205, high: 0.357 } },
    { feature: 'r', loss: { value: 0.042, low: 0.011, high: 0.073 } },
    { feature: 'g', loss: { value: 0.008, low: -0.006, high: 0.022 } },
    { feature: 'b', loss: { value: -0.002, low: -0.011, high: 0.007 } },
  ],
};

const featureProfile = (name: string, mean: number, std: number, positive: number) => ({
  name,
  count: 104,
  missing: 0,
  mean,
  std,
  min: mean - 2.4 * std,
  q1: mean - 0.67 * std,
  median: mean + 0.02 * std,
  q3: mean + 0.67 * std,
  max: mean + 2.5 * std,
  classMeans: { negative: mean + (mean - positive) / 3, positive },
});

/** A run that deployed version 3, with everything measured. */
export function trainingReport(changes: Partial<TrainingReport> = {}): TrainingReport {
  return {
    kind: 'training-report',
    schemaVersion: 1,
    createdAt: isoAt(0),
    model: { ...MODEL, candidateKind: 'random-forest' },
    run: {
      workflowId: 'train-anemia-detection-20260302-140000-d8d0',
      runId: '01a20c75-b060-755e-a770-dbd95fe82457',
      outcome: 'deployed',
      reason: '',
      ui: 'http://127.0.0.1:8233/namespaces/default/workflows/train-anemia-detection-20260302-140000-d8d0',
    },
    status: {
      ...nothingKnown(),
      stages: STAGES.map((stage) => ({
        stage,
        state: 'done',
        reused: stage === 'ingest' || stage === 'profile',
        found: STAGE_FOUND[stage],
      })),
      dataset: { uri: 'file:///data/anemia-sample.csv', sha256: SHA('1'), rows: 104, rejected: 0 },
      leaderboard: [
        candidate('random-forest', null, 0.969, 0.905, 0.024),
        candidate('logistic-regression', null, 0.951, 0.81, 0.038),
        candidate('cart', null, 0.932, 0.905, 0.047),
        candidate('logistic-regression', 'hb', 0.848, 0.51, 0.082),
        candidate('random-forest', 'hb', 0.831, 0.476, 0.1),
        candidate('cart', 'hb', 0.8, 0.35, 0.081),
      ],
      chosen: 'random-forest',
      holdout: {
        rows: 21,
        positives: 5,
        metrics: metricsOf(0.975, 0.8, 0.05),
        confusion: { truePositives: 4, falsePositives: 1, trueNegatives: 15, falseNegatives: 1 },
      },
      gate: {
        passed: true,
        checks: [
          { rule: 'rocAuc at least 0.9', passed: true, found: '0.969 (0.945 to 0.993)' },
          { rule: 'recall at least 0.8', passed: true, found: '0.905 (0.881 to 0.929)' },
          { rule: 'not worse than version 2', passed: true, found: '+0.012 (-0.004 to +0.028)' },
        ],
        comparison: {
          version: 2,
          metric: 'rocAuc',
          basis: 'cross-validation',
          rows: 21,
          difference: { value: 0.012, low: -0.004, high: 0.028 },
        },
        champion: 2,
        unchanged: false,
        warnings: [],
      },
      model: MODEL,
      endpoint: { url: 'http://127.0.0.1:9233/function-url/anemia-detection/live/', alias: 'live' },
      warnings: [
        {
          code: 'collinear-features',
          message:
            'r, g and b depend on each other linearly (each is explained by the others with R² of at least 0.999); their coefficients cannot be told apart.',
        },
        {
          code: 'label-leakage',
          message:
            'hb alone separates the classes with AUC 0.974, and one cut gets 97.6 % of rows right; make sure that it is known before the label is.',
        },
        {
          code: 'small-holdout',
          message:
            'The hold-out has 5 positives among 21 rows; below 20 of a class its values are rough, so the gate reads the cross-validated ones.',
        },
      ],
    },
    confidence: 0.95,
    selectionMetric: 'rocAuc',
    features: [
      { name: 'r', unit: '%', range: [0, 100] },
      { name: 'g', unit: '%', range: [0, 100] },
      { name: 'b', unit: '%', range: [0, 100] },
      { name: 'hb', unit: 'g/dL', range: [1, 25] },
    ],
    labels: { negative: 'not anaemic', positive: 'anaemic' },
    threshold: 0.5,
    evaluation: EVALUATION,
    profile: {
      totalRows: 104,
      rows: 104,
      labels: { negative: 78, positive: 26, positiveShare: 0.25 },
      features: [
        featureProfile('r', 44.8, 3.4, 42.1),
        featureProfile('g', 29.9, 1.9, 30.6),
        featureProfile('b', 25.2, 2.3, 27.2),
        featureProfile('hb', 11.4, 1.94, 9.1),
      ],
      correlation: [
        [1, -0.71, -0.89, 0.38],
        [-0.71, 1, 0.33, -0.21],
        [-0.89, 0.33, 1, -0.4],
        [0.38, -0.21, -0.4, 1],
      ],
    },
    lineage: {
      workflowId: 'train-anemia-detection-20260302-140000-d8d0',
      runId: '01a20c75-b060-755e-a770-dbd95fe82457',
      datasetUri: 'file:///data/anemia-sample.csv',
      datasetSha256: SHA('2'),
      sourceSha256: SHA('1'),
      definitionSha256: SHA('3'),
      codeVersion: '0.1.0',
      candidate: 'random-forest',
    },
    decisions: [
      { decision: 'approved', by: 'the reviewer', reason: 'recall is up, calibration is fine', at: isoAt(0) },
    ],
    card: {
      intendedUse:
        'Screening for anaemia from the colour of the conjunctiva and haemoglobin, to decide who is asked to a blood test.',
      limits: [
        'A screening aid and no diagnosis: a person decides.',
        'Haemoglobin defines anaemia, so with it the model mostly repeats a threshold; read the lines without hb.',
        'Learned from 104 rows of one place; other cameras, light and people may differ.',
      ],
    },
    ...changes,
  };
}

const STAGE_FOUND: Record<(typeof STAGES)[number], string> = {
  ingest: '104 rows kept (26 positive), 0 rejected',
  profile: 'explored on 104 rows',
  features: '83 training rows, 21 held out, suspicious: hb',
  train: '6 cross-validated, best random-forest (rocAuc 0.969)',
  validate: 'gate passed (3 checks)',
  register: 'anemia-detection version 3 (bbbbbbbbbbbb)',
  approve: 'approved by the reviewer',
  deploy: 'alias live on function version 3',
  monitor: 'checked every hour',
};

/** A run that the gate refused: nothing was registered or evaluated. */
export function refusedReport(): TrainingReport {
  const report = trainingReport();
  return {
    ...report,
    model: { ...report.model, version: null, sha256: null },
    run: { ...report.run, outcome: 'refused', ui: null },
    status: {
      ...report.status,
      stages: report.status.stages.map((stage, index) =>
        index < 5 ? stage : { ...stage, state: 'waiting', reused: false, found: '' },
      ),
      gate: {
        ...report.status.gate!,
        passed: false,
        checks: [{ rule: 'recall at least 0.95', passed: false, found: '0.905 (0.881 to 0.929)' }],
        comparison: null,
        champion: null,
      },
      model: null,
      endpoint: null,
      warnings: [],
    },
    evaluation: null,
    profile: null,
    lineage: null,
    decisions: [],
    card: { intendedUse: '', limits: [] },
  };
}
