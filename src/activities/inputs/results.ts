import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import type { CandidateDefinition } from '../../contracts/definition.js';
import { METRIC_NAMES, REJECT_REASONS, WARNING_CODES } from '../../contracts/vocabulary.js';
import { STAGES } from '../../contracts/names.js';
import { PORTABLE_FILES } from '../../contracts/results.js';
import { completeCandidate, learnerKind } from '../../definition/candidate-schema.js';
import { artifact, model, sha256, tally, text, uri, version } from './parse.js';

/* What stages of a run found, as later ones are given it. */

export const warning = z.strictObject({
  code: z.enum(WARNING_CODES),
  message: text,
});

const metric = z.enum(METRIC_NAMES);

const number = z.number().nullable();

const estimate = z.strictObject({ value: number, low: number, high: number });

const metricTable = z.record(metric, estimate);

const mean = z.number().min(0);

const confusion = z.strictObject({
  truePositives: mean,
  falsePositives: mean,
  trueNegatives: mean,
  falseNegatives: mean,
});

/** Options as they were used; those that something is learned with are held to their learner's schema besides. */
export const options: z.ZodType<CandidateDefinition['options']> = z.record(
  z.string().regex(/^[\w-]{1,100}$/),
  z.json(),
);

/** Options that a candidate is learned with must be of its kind. */
export function fits(candidate: CandidateDefinition | undefined, chosen: unknown): boolean {
  const parsed = completeCandidate.safeParse({ ...candidate, options: chosen, search: null });
  return parsed.success && isDeepStrictEqual(parsed.data.options, chosen);
}

export const ingestResult = z.strictObject({
  uri,
  sourceSha256: sha256,
  dataset: artifact,
  rowsRead: tally,
  rows: tally,
  positives: tally,
  rejected: tally,
  rejects: z.array(
    z.strictObject({
      reason: z.enum(REJECT_REASONS),
      column: z.string().nullable(),
      rows: tally,
      lines: z.array(tally),
    }),
  ),
  unit: z.enum(['line', 'row']),
  blank: tally,
  warnings: z.array(warning),
});

const method = z.enum(['grid', 'random']);

export const leaderboardRow = z.strictObject({
  candidate: z.string(),
  kind: learnerKind,
  without: z.string().nullable(),
  metrics: metricTable,
  confusion,
  rows: tally,
  folds: tally,
  repeats: tally,
  foldMetrics: artifact,
  options,
  search: z
    .strictObject({
      method,
      measured: tally,
      planned: tally,
      winner: estimate,
      best: z.array(z.strictObject({ options, value: number })),
    })
    .nullable(),
  warnings: z.array(warning),
});

export const measuredTrial = z.strictObject({ options, value: estimate, warnings: z.array(warning) });

export const nestedResult = z.strictObject({ scores: artifact, warnings: z.array(warning) });

const holdout = z.strictObject({ rows: tally, positives: tally, metrics: metricTable, confusion });

export const fitResult = z.strictObject({
  model: artifact,
  portable: z.record(z.enum(PORTABLE_FILES), artifact).nullable(),
  outOfFold: artifact,
  holdout,
  warnings: z.array(warning),
});

export const evaluationResult = z.strictObject({ evaluation: artifact, reference: artifact });

const difference = z.strictObject({ value: z.number(), low: z.number(), high: z.number() });

export const gateVerdict = z.strictObject({
  passed: z.boolean(),
  checks: z.array(z.strictObject({ rule: text, passed: z.boolean(), found: text })),
  comparison: z
    .strictObject({
      version,
      metric,
      basis: z.enum(['holdout', 'cross-validation']),
      rows: tally,
      confidence: z.number(),
      difference,
      onCommonRows: z
        .strictObject({
          rows: tally,
          positives: tally,
          confidence: z.number(),
          metrics: z.record(metric, z.strictObject({ a: number, b: number, difference: difference.nullable() })),
        })
        .nullable(),
    })
    .nullable(),
  champion: version.nullable(),
  unchanged: z.boolean(),
  warnings: z.array(warning),
});

export const registeredModel = z.strictObject({ name: model, version, sha256 });

export const reportAddress = z.strictObject({ html: uri, json: uri });

/** What is known of a training run. */
export const pipelineStatus = z.strictObject({
  stages: z.array(
    z.strictObject({
      stage: z.enum(STAGES),
      state: z.enum(['waiting', 'running', 'done', 'skipped']),
      reused: z.boolean(),
      found: text,
    }),
  ),
  dataset: z.strictObject({ uri, sha256, rows: tally, rejected: tally }).nullable(),
  equalRows: z
    .strictObject({
      verdict: z.enum(['none', 'together', 'different-cases']),
      repeats: tally,
      pairs: tally,
      expectedPairs: z.number().nonnegative(),
    })
    .nullable(),
  leaderboard: z.array(leaderboardRow),
  chosen: z.string().nullable(),
  holdout: holdout.nullable(),
  gate: gateVerdict.nullable(),
  model: registeredModel.nullable(),
  endpoint: z.strictObject({ url: uri, alias: z.string() }).nullable(),
  warnings: z.array(warning),
  report: reportAddress.nullable(),
});
