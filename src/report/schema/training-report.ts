import { z } from 'zod';
import { STAGES } from '../../contracts/pipeline.js';
import {
  addresses,
  calibration,
  confusion,
  count,
  estimate,
  measured,
  metricName,
  metricTable,
  modelVersion,
  number,
  sha256,
  share,
  text,
  time,
} from './shared.js';

const candidateKind = z.enum(['logistic-regression', 'cart', 'random-forest']).meta({ id: 'CandidateKind' });

const warning = z
  .object({
    code: z.enum([
      'rejected-rows',
      'duplicate-rows',
      'conflicting-labels',
      'constant-feature',
      'collinear-features',
      'class-imbalance',
      'label-leakage',
      'small-holdout',
      'sampled-validation',
      'histogram-splits',
      'champion-rows',
      'not-converged',
      'not-monitored',
      'not-reported',
    ]),
    message: text,
  })
  .meta({ id: 'Warning' });

const leaderboardRow = z
  .object({
    candidate: text,
    kind: candidateKind,
    without: text.nullable().describe('The feature that was left out, null for the full model'),
    metrics: metricTable,
    confusion,
    rows: count,
    folds: count,
    repeats: count,
    warnings: z.array(warning),
  })
  .meta({ id: 'LeaderboardRow' });

const gate = z
  .object({
    passed: z.boolean(),
    checks: z.array(z.object({ rule: text, passed: z.boolean(), found: text })),
    comparison: z
      .object({
        version: count,
        metric: metricName,
        basis: z.enum(['holdout', 'cross-validation']),
        rows: count,
        difference: z
          .object({ value: number, low: number, high: number })
          .describe('Candidate minus champion with its 90 % interval; positive is better for the candidate'),
      })
      .nullable(),
    champion: count.nullable().describe('Version that served when this was judged'),
    unchanged: z.boolean().describe('The candidate is byte for byte the model now serving'),
    warnings: z.array(warning),
  })
  .meta({ id: 'GateVerdict' });

const status = z
  .object({
    stages: z.array(
      z.object({
        stage: z.enum(STAGES),
        state: z.enum(['waiting', 'running', 'done', 'skipped']),
        reused: z.boolean(),
        found: text,
      }),
    ),
    dataset: z.object({ uri: text, sha256, rows: count, rejected: count }).nullable(),
    leaderboard: z.array(leaderboardRow),
    chosen: text.nullable(),
    holdout: z.object({ rows: count, positives: count, metrics: metricTable, confusion }).nullable(),
    gate: gate.nullable(),
    model: modelVersion.nullable(),
    endpoint: z.object({ url: text, alias: text }).nullable(),
    warnings: z.array(warning),
    report: addresses.nullable(),
  })
  .meta({
    id: 'PipelineStatus',
    description: 'What the run found, stage by stage; parts not reached are null or empty',
  });

const evaluation = z
  .object({
    rows: count,
    positives: count,
    roc: z.array(z.object({ falsePositiveRate: share, truePositiveRate: share })),
    precisionRecall: z.array(z.object({ recall: share, precision: share })),
    calibration,
    importances: z
      .array(z.object({ feature: text, loss: estimate }))
      .describe("Loss of ROC AUC on the hold-out when a feature's values are shuffled"),
  })
  .meta({ id: 'Evaluation', description: 'From out-of-fold scores of the training rows' });

const profile = z
  .object({
    totalRows: count,
    rows: count,
    labels: z.object({ negative: count, positive: count, positiveShare: measured }),
    features: z.array(
      z.object({
        name: text,
        count,
        missing: count,
        mean: measured,
        std: measured,
        min: measured,
        q1: measured,
        median: measured,
        q3: measured,
        max: measured,
        classMeans: z.object({ negative: measured, positive: measured }),
      }),
    ),
    correlation: z.array(z.array(measured)).describe("Pearson's r between features, in their order"),
  })
  .meta({ id: 'ExploratoryProfile' });

/** `training-report.json`, schema version 1. */
export const trainingReportSchema = z
  .object({
    kind: z.literal('training-report'),
    schemaVersion: z.literal(1),
    createdAt: time,
    model: z.object({
      name: text,
      version: count.nullable().describe('null when no version was registered'),
      sha256: sha256.nullable(),
      candidateKind: candidateKind.nullable(),
    }),
    run: z.object({
      workflowId: text,
      runId: text,
      outcome: z.enum(['deployed', 'refused', 'rejected', 'rolled-back', 'failed', 'cancelled']),
      reason: text,
      ui: text.nullable(),
    }),
    status,
    confidence: share.describe('Level of all intervals'),
    selectionMetric: metricName,
    features: z.array(z.object({ name: text, unit: text, range: z.tuple([number, number]) })),
    labels: z.object({ negative: text, positive: text }),
    threshold: share.describe('A row is positive when its score is at least this'),
    evaluation: evaluation.nullable(),
    profile: profile.nullable(),
    lineage: z
      .object({
        workflowId: text,
        runId: text,
        datasetUri: text,
        datasetSha256: sha256,
        sourceSha256: sha256,
        definitionSha256: sha256,
        codeVersion: text,
        candidate: text,
      })
      .nullable(),
    decisions: z.array(z.object({ decision: text, by: text, reason: text, at: time })),
    card: z.object({ intendedUse: text, limits: z.array(text) }),
  })
  .meta({ title: 'Training report', description: 'What a training run found and decided' });
