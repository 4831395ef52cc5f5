import { z } from 'zod';
import { CANDIDATE_KINDS, type CandidateKind, type CandidateOptions, learnerOf } from '../../ml/learners/index.js';
import { count, measured, number, share } from './shared.js';

/* What a candidate was learned with, and how its scores become decisions. */

/** Options of every built-in kind of candidate, none left out; the row's `kind` says which. */
const builtInOptions: z.ZodType<CandidateOptions[CandidateKind]> = z.union(
  CANDIDATE_KINDS.map((kind) => {
    const options = Object.entries(learnerOf(kind)!.options.shape);
    return z.strictObject(
      Object.fromEntries(options.map(([name, option]) => [name, option.unwrap()])),
    ) as unknown as z.ZodType<CandidateOptions[CandidateKind]>; // of its shape
  }),
);

export const candidateOptions = z
  .union([builtInOptions, z.record(z.string(), z.unknown()).describe('Of a learner that is not built in')])
  .meta({ id: 'CandidateOptions' });

/** Only custom learners have options that are not known here. */
export const areOptionsOf = (kind: string, options: unknown): boolean =>
  !CANDIDATE_KINDS.some((known) => known === kind) || builtInOptions.safeParse(options).success;

const rule = z
  .union([
    z.object({ rule: z.literal('fixed'), value: share }),
    z.object({ rule: z.literal('recall'), atLeast: share }),
    z.object({ rule: z.literal('cost'), falsePositive: number, falseNegative: number }),
    z.object({ rule: z.literal('youden') }),
  ])
  .meta({ id: 'ThresholdRule' });

const choice = z
  .object({
    rule,
    rows: count.describe('Training rows with an out-of-fold score'),
    positives: count,
    recall: measured,
    specificity: measured,
    precision: measured,
  })
  .meta({ id: 'ThresholdChoice', description: 'What the threshold meant on out-of-fold scores' });

/** Threshold and calibration of a model. */
export const decision = z
  .object({
    threshold: share.describe('A row is positive when its calibrated score is at least this'),
    choice: choice.nullable().describe('null for models of schema version 1'),
    calibration: z.enum(['none', 'platt', 'isotonic']),
  })
  .meta({ id: 'Decision' });
