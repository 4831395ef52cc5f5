import { nothingKnown } from '../../../src/contracts/pipeline.js';
import { STAGES } from '../../../src/contracts/names.js';
import type { Evaluation, TrainingReport } from '../../../src/contracts/results.js';
import { candidate, metricsOf } from './made-up-leaderboard.js';
import { calibrationOf, isoAt, MODEL, SHA } from './made-up.js';

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
  low: mean - 2.4 * std,
  q1: mean - 0.67 * std,
  median: mean + 0.02 * std,
  q3: mean + 0.67 * std,
  high: mean + 2.5 * std,
  classMeans: { negative: mean + (mean - positive) / 3, positive },
});

/** A run that deployed version 3, with everything measured. */
export function trainingReport(changes: Partial<TrainingReport> = {}): TrainingReport {
  return {
    kind: 'training-report',
    schemaVersion: 3,
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
          confidence: 0.9,
          difference: { value: 0.012, low: -0.004, high: 0.028 },
          onCommonRows: null,
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
    decision: {
      threshold: 0.31,
      choice: {
        rule: { rule: 'recall', atLeast: 0.95 },
        rows: 83,
        positives: 21,
        recall: 0.952,
        specificity: 0.887,
        precision: 0.741,
      },
      calibration: 'platt',
    },
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
      origin: { kind: 'episode', id: 'drift-live-7', what: 'data drift of hb' },
      datasetUri: 'file:///data/anemia-sample.csv',
      datasetSha256: SHA('2'),
      sourceSha256: SHA('1'),
      definitionSha256: SHA('3'),
      codeVersion: '0.1.0',
      commit: '4f1c2f0d9e8b7a6c5d4e3f2a1b0c9d8e7f6a5b4c',
      candidate: 'random-forest',
    },
    decisions: [
      {
        decision: 'approved',
        by: 'the reviewer',
        proof: 'signed',
        reason: 'recall is up, calibration is fine',
        at: isoAt(0),
      },
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
    decision: null,
    evaluation: null,
    profile: null,
    lineage: null,
    decisions: [],
    card: { intendedUse: '', limits: [] },
  };
}
