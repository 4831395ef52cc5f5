import { z } from 'zod';
import { CANDIDATE_KINDS } from '../../ml/learners/index.js';
import { count, measured, number, share } from './shared.js';

/* What a candidate was learned with, and how its scores become decisions. */

/** Options of every kind of candidate; the row's `kind` says which. */
const builtInOptions = z.union([
  z.object({ inverseRegularization: number, maxIterations: count, calibrationFolds: count }),
  z.object({ inverseRegularization: number, maxIterations: count }),
  z.object({ maxDepth: count, minLeafRows: count, exactUpToRows: count }),
  z.object({ trees: count, maxDepth: count, minLeafRows: count, featuresPerSplit: count }),
  z.object({
    trees: count,
    learningRate: number,
    maxDepth: count,
    minLeafRows: count,
    l2Regularization: number,
  }),
  z.object({
    hiddenUnits: z.array(count),
    l2Regularization: number,
    epochs: count,
    learningRate: number,
    batchRows: count,
  }),
]);

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
