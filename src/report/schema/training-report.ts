import { z } from 'zod';
import { candidateKind, status } from './run-status.js';
import {
  calibration,
  count,
  estimate,
  measured,
  metricName,
  number,
  origin,
  proof,
  sha256,
  share,
  text,
  thresholdChoice,
  time,
} from './shared.js';

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
  .meta({
    id: 'Evaluation',
    description: 'From out-of-fold scores of the training rows, in groups of at least five',
  });

/**
 * How well the chosen candidate separates and is calibrated, from out-of-fold scores of the training rows in groups of at
 * least five, see `microaggregated`: a point for every row would tell each one's class in the order of their scores.
 */
export type Evaluation = z.output<typeof evaluation>;

const featureProfile = z.object({
  name: text,
  /** Values that are there, and that are not. */
  count,
  missing: count,
  mean: measured,
  /** Sample standard deviation (n - 1). */
  std: measured,
  low: measured.describe('Mean of the five least values or more, as the quantiles are of five neighbours or more'),
  /** Quartiles by linear interpolation (type 7, as numpy and pandas). */
  q1: measured,
  median: measured,
  q3: measured,
  high: measured,
  /** `null` where either class has from one to four of the values. */
  classMeans: z.object({ negative: measured, positive: measured }),
});

/**
 * Statistics of one feature over its values that are not missing; `null` where undefined, and for fewer than five of them.
 * Quantiles are of the values in groups of at least five neighbours, see `microaggregated`: nobody's own value is told.
 */
export type FeatureProfile = z.output<typeof featureProfile>;

const profile = z
  .object({
    totalRows: count,
    /** Those that were looked at: evenly spaced when there are more than the bound. */
    rows: count,
    labels: z.object({ negative: count, positive: count, positiveShare: measured }),
    features: z.array(featureProfile),
    correlation: z.array(z.array(measured)).describe("Pearson's r between features, in their order"),
  })
  .meta({ id: 'ExploratoryProfile' });

/** A first look at a data set; survives JSON and tells nothing about a single person. */
export type ExploratoryProfile = z.output<typeof profile>;

const lineage = z.object({
  workflowId: text,
  runId: text,
  origin: origin.nullable().describe('null when the run did not say'),
  datasetUri: text,
  datasetSha256: sha256,
  sourceSha256: sha256,
  definitionSha256: sha256,
  codeVersion: text,
  commit: text.nullable().describe('Git commit of the code, null outside a checkout'),
  candidate: text,
});

/** Where the model came from. */
export type ReportLineage = z.output<typeof lineage>;

/** Threshold and calibration of a model. */
const decision = z
  .object({
    threshold: share.describe('A row is positive when its calibrated score is at least this'),
    choice: thresholdChoice.nullable().describe('null for models of schema version 1'),
    calibration: z.enum(['none', 'platt', 'isotonic']),
  })
  .meta({ id: 'Decision' });

/** `training-report.json`, schema version 3: in 2 the profile had extremes, which are values of single people. */
export const trainingReportSchema = z
  .object({
    kind: z.literal('training-report'),
    schemaVersion: z.literal(3),
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
    decision: decision.nullable(),
    evaluation: evaluation.nullable(),
    profile: profile.nullable(),
    lineage: lineage.nullable(),
    decisions: z.array(
      z.object({
        decision: text,
        by: text,
        proof: proof.nullable(),
        reason: text,
        at: time,
      }),
    ),
    card: z.object({ intendedUse: text, limits: z.array(text) }),
  })
  .meta({ title: 'Training report', description: 'What a training run found and decided' });

/** `training-report.json`: all that the HTML report of a training run shows. */
export type TrainingReport = z.output<typeof trainingReportSchema>;
