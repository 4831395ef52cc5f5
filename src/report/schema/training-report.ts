import { z } from 'zod';
import { STAGES } from '../../contracts/pipeline.js';
import { WARNING_CODES } from '../../contracts/warning.js';
import { areOptionsOf, candidateOptions, decision } from './decision.js';
import {
  addresses,
  artifact,
  calibration,
  candidateKind,
  confusion,
  count,
  difference,
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

const warning = z
  .object({
    code: z.enum(WARNING_CODES),
    message: text,
  })
  .meta({ id: 'Warning' });

const search = z
  .object({
    method: z.enum(['grid', 'random']),
    measured: count.describe('Trials that were measured'),
    planned: count.describe('Trials that the definition has'),
    winner: estimate.describe("The winner's own cross-validated selection metric: flattering, it was chosen for it"),
    best: z
      .array(z.object({ options: candidateOptions, value: measured }))
      .describe('Finished trials, best first, at most 10'),
  })
  .meta({
    id: 'SearchSummary',
    description:
      'How options were chosen; the metrics of the row are nested, by models whose options were chosen without the fold',
  });

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
    foldMetrics: artifact.describe('JSON: a list for each metric, fold by fold within repeat by repeat'),
    options: candidateOptions.describe('What it was measured with; of a searched candidate, the winning trial'),
    search: search.nullable().describe('null when the options were given'),
    warnings: z.array(warning),
  })
  .refine(({ kind, options, search }) =>
    [options, ...(search?.best.map(({ options }) => options) ?? [])].every((all) => areOptionsOf(kind, all)),
  )
  .meta({ id: 'LeaderboardRow' });

const versionComparison = z
  .object({
    rows: count,
    positives: count,
    confidence: share.describe('Level of the intervals of the differences'),
    metrics: z.record(metricName, z.object({ a: measured, b: measured, difference: difference.nullable() })),
  })
  .meta({ id: 'VersionComparison', description: 'Two models on rows that neither was trained on' });

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
        confidence: share.describe('Level of the interval of the difference'),
        difference: difference.describe('Candidate minus champion; positive is better for the candidate'),
        onCommonRows: versionComparison
          .nullable()
          .describe('Every metric on the common rows, a the candidate and b the champion'),
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
    equalRows: z
      .object({
        verdict: z
          .enum(['none', 'together', 'different-cases'])
          .describe(
            'Copies of one case, which stay together in hold-out, folds and intervals, or cases that look alike',
          ),
        repeats: count.describe('Rows that repeat the features of an earlier one'),
        pairs: count.describe('Pairs of equal rows'),
        expectedPairs: number.describe('Pairs to be expected by the spread of the columns'),
      })
      .nullable()
      .describe('What was made of rows whose features are all equal'),
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
  .meta({
    id: 'Evaluation',
    description: 'From out-of-fold scores of the training rows, in groups of at least five',
  });

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
        low: measured.describe(
          'Mean of the five least values or more, as the quantiles are of five neighbours or more',
        ),
        q1: measured,
        median: measured,
        q3: measured,
        high: measured,
        classMeans: z.object({ negative: measured, positive: measured }),
      }),
    ),
    correlation: z.array(z.array(measured)).describe("Pearson's r between features, in their order"),
  })
  .meta({ id: 'ExploratoryProfile' });

const proof = z.enum(['claimed', 'os-user', 'signed', 'aws']);

const origin = z
  .discriminatedUnion('kind', [
    z.object({
      kind: z.literal('person'),
      by: z.object({ name: text, proof: proof }),
    }),
    z.object({ kind: z.literal('schedule'), id: text }),
    z.object({ kind: z.literal('episode'), id: text, what: text.describe('The episode for people') }),
    z.object({ kind: z.literal('run'), workflowId: text }),
  ])
  .meta({ id: 'RunOrigin', description: 'Why a run began; a claimed name is one that nothing proves' });

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
    lineage: z
      .object({
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
      })
      .nullable(),
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
