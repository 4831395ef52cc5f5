import { z } from 'zod';
import { STAGES } from '../../contracts/names.js';
import { CANDIDATE_KINDS, type CandidateKind, type CandidateOptions, learnerOf } from '../../ml/learners/index.js';
import {
  addresses,
  artifact,
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
  warning,
} from './shared.js';

/* What is known of a training run, as its workflow tells it and its report keeps it. */

/** Of candidates, known here or not. */
export const candidateKind = z
  .union([z.enum(CANDIDATE_KINDS), z.templateLiteral([z.string(), '/', z.string()])])
  .meta({ id: 'CandidateKind', description: 'A built-in kind, or owner/learner' });

/** Options of every built-in kind of candidate, none left out; the row's `kind` says which. */
const builtInOptions: z.ZodType<CandidateOptions[CandidateKind]> = z.union(
  CANDIDATE_KINDS.map((kind) => {
    const options = Object.entries(learnerOf(kind)!.options.shape);
    return z.strictObject(
      Object.fromEntries(options.map(([name, option]) => [name, option.unwrap()])),
    ) as unknown as z.ZodType<CandidateOptions[CandidateKind]>; // of its shape
  }),
);

const candidateOptions = z
  .union([builtInOptions, z.record(z.string(), z.unknown()).describe('Of a learner that is not built in')])
  .meta({ id: 'CandidateOptions' });

/** Only custom learners have options that are not known here. */
const areOptionsOf = (kind: string, options: unknown): boolean =>
  !CANDIDATE_KINDS.some((known) => known === kind) || builtInOptions.safeParse(options).success;

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

/** How the options of a candidate were chosen. */
export type SearchSummary = z.output<typeof search>;

/** A candidate, on all features or without a suspicious one. */
const leaderboardRow = z
  .object({
    candidate: text,
    kind: candidateKind,
    without: text.nullable().describe('The feature that was left out, null for the full model'),
    metrics: metricTable,
    /** Mean over repeats. */
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

/** A candidate and what cross-validation measured of it. */
export type LeaderboardRow = z.output<typeof leaderboardRow>;

const metricComparison = z.object({ a: measured, b: measured, difference: difference.nullable() });

/** One metric of two models on the same rows; `null` where it is undefined. */
export type MetricComparison = z.output<typeof metricComparison>;

/** Two models on the same rows, which neither was trained on, each with its own threshold. */
const versionComparison = z
  .object({
    rows: count,
    positives: count,
    confidence: share.describe('Level of the intervals of the differences'),
    metrics: z.record(metricName, metricComparison),
  })
  .meta({ id: 'VersionComparison', description: 'Two models on rows that neither was trained on' });

/** Every metric of two models on rows that neither was trained on. */
export type VersionComparison = z.output<typeof versionComparison>;

const gateCheck = z.object({
  /** `rocAuc at least 0.8`, `not worse than version 3`. */
  rule: text,
  passed: z.boolean(),
  /** What was measured, in words with numbers. */
  found: text,
});

/** A rule of the gate and what it found. */
export type GateCheck = z.output<typeof gateCheck>;

const championComparison = z.object({
  version: count,
  metric: metricName,
  /** `holdout`: same rows, paired bootstrap. `cross-validation`: too few common rows. */
  basis: z.enum(['holdout', 'cross-validation']),
  /** Rows neither model was trained on. */
  rows: count,
  confidence: share.describe('Level of the interval of the difference'),
  difference: difference.describe('Candidate minus champion; positive is better for the candidate'),
  onCommonRows: versionComparison
    .nullable()
    .describe('Every metric on the common rows, a the candidate and b the champion'),
});

/** The candidate against the version that serves. */
export type ChampionComparison = z.output<typeof championComparison>;

const gate = z
  .object({
    passed: z.boolean(),
    checks: z.array(gateCheck),
    comparison: championComparison.nullable(),
    champion: count.nullable().describe('Version that served when this was judged'),
    unchanged: z.boolean().describe('The candidate is byte for byte the model now serving'),
    warnings: z.array(warning),
  })
  .meta({ id: 'GateVerdict' });

/** What the gate concluded, and from what. */
export type GateVerdict = z.output<typeof gate>;

const stage = z.object({
  stage: z.enum(STAGES),
  state: z.enum(['waiting', 'running', 'done', 'skipped']),
  /** The step was computed by an earlier run with the same inputs. */
  reused: z.boolean(),
  /** What was found, a line for people. */
  found: text,
});

/** How far a stage is, and what it found. */
export type StageStatus = z.output<typeof stage>;

const datasetSummary = z.object({ uri: text, sha256, rows: count, rejected: count });

/** The data set of a run: where it came from, and how many rows were kept. */
export type DatasetSummary = z.output<typeof datasetSummary>;

const equalRows = z.object({
  verdict: z
    .enum(['none', 'together', 'different-cases'])
    .describe('Copies of one case, which stay together in hold-out, folds and intervals, or cases that look alike'),
  repeats: count.describe('Rows that repeat the features of an earlier one'),
  pairs: count.describe('Pairs of equal rows'),
  expectedPairs: number.describe('Pairs to be expected by the spread of the columns'),
});

/** What was made of rows whose features are all equal. */
export type EqualRows = z.output<typeof equalRows>;

const holdout = z.object({ rows: count, positives: count, metrics: metricTable, confusion });

/** The refitted candidate on the rows that were kept from learning. */
export type HoldoutResult = z.output<typeof holdout>;

const endpoint = z.object({ url: text, alias: text });

/** Where a model answers. */
export type Endpoint = z.output<typeof endpoint>;

export const status = z
  .object({
    stages: z.array(stage),
    dataset: datasetSummary.nullable(),
    equalRows: equalRows.nullable().describe('What was made of rows whose features are all equal'),
    leaderboard: z.array(leaderboardRow),
    /** Candidate chosen for the refit. */
    chosen: text.nullable(),
    holdout: holdout.nullable(),
    gate: gate.nullable(),
    model: modelVersion.nullable(),
    endpoint: endpoint.nullable(),
    warnings: z.array(warning),
    report: addresses.nullable(),
  })
  .meta({
    id: 'PipelineStatus',
    description: 'What the run found, stage by stage; parts not reached are null or empty',
  });

/** What is known so far; the parts are those of the final result. */
export type PipelineStatus = z.output<typeof status>;
