import { z } from 'zod';
import { LOWER_IS_BETTER, METRIC_NAMES } from '../contracts/vocabulary.js';

/* What a definition says of learning but its candidates: how rows are split, what is measured and what is good enough. */

const share = z.number().gt(0).lt(1);
const count = z.number().int().min(1);
const metric = z.enum(METRIC_NAMES);
const growing = metric.exclude([...LOWER_IS_BETTER] as ('brier' | 'logLoss')[]);

/** `split`: rows that are kept from learning, to judge the chosen candidate on. */
export const split = z
  .strictObject({
    testFraction: share.default(0.2),
    seed: z
      .number()
      .int()
      .min(0)
      .max(2 ** 31 - 1)
      .default(42),
  })
  .prefault({});

/** `validation`: how candidates are measured. */
export const validation = z
  .strictObject({
    folds: z.number().int().min(2).max(50).default(5),
    repeats: count.max(100).default(10),
    /** Level of all intervals, 0.95 for 95 %. */
    confidence: z.number().min(0.5).max(0.999).default(0.95),
    /** Cross-validation uses a stratified sample of at most this many training rows. */
    maxRows: z.number().int().min(100).default(20_000),
  })
  .prefault({});

/** `search`: bounds of all option searches of a run. */
export const search = z
  .strictObject({
    /** Most trials over all candidates; a definition that asks for more is refused. */
    maxTrials: count.max(500).default(60),
    /** Wall-clock time for trials and their nested estimate; what has not begun by then is left out. */
    maxMinutes: z.number().positive().max(1440).default(30),
    /** Folds within each training part on which options are chosen. */
    innerFolds: z.number().int().min(2).max(20).default(5),
    /** Repeats of the outer folds that the nested estimate is made on. */
    repeats: count.max(20).default(2),
  })
  .prefault({});

/** Bounds of all option searches of a run. */
export type SearchPolicy = z.output<typeof search>;

/** `calibration`: how scores are made probabilities. */
export const calibration = z.enum(['none', 'platt', 'isotonic']).default('none');

/** How scores are made probabilities: not at all, by Platt's scaling, by isotonic regression. */
export type CalibrationMethod = z.output<typeof calibration>;

const cost = z.number().positive().max(1e6);

/** `threshold`: how the decision threshold is chosen on out-of-fold scores. */
export const threshold = z
  .discriminatedUnion('rule', [
    /** A given threshold. */
    z.strictObject({ rule: z.literal('fixed'), value: share.default(0.5) }),
    /** The highest threshold whose recall is at least this. */
    z.strictObject({ rule: z.literal('recall'), atLeast: z.number().gt(0).max(1) }),
    /** The least total cost of mistakes. */
    z.strictObject({ rule: z.literal('cost'), falsePositive: cost.default(1), falseNegative: cost }),
    /** The greatest sum of recall and specificity (Youden 1950). */
    z.strictObject({ rule: z.literal('youden') }),
  ])
  .prefault({ rule: 'fixed' });

/** How the decision threshold is chosen on out-of-fold scores. */
export type ThresholdRule = z.output<typeof threshold>;

/** `selection`: by which metric the best candidate is chosen. */
export const selection = z.strictObject({ metric: metric.default('rocAuc') }).prefault({});

/** `gate`: what a candidate must be to go on. */
export const gate = z
  .strictObject({
    /** Smallest acceptable cross-validated value by metric. */
    minimum: z.partialRecord(growing, z.number().min(0).max(1)).default({}),
    /** The interval of the cross-validated ROC AUC must lie above 0.5, what guessing reaches. */
    aboveChance: z.boolean().default(true),
    /** Smallest acceptable difference to the champion in the selection metric; negative tolerates a loss. */
    championMargin: z.number().min(-1).max(1).default(0),
    /**
     * `not-worse`: refused when the difference is below the margin with confidence. `better`: passes when it is at
     * least the margin with confidence.
     */
    championRule: z.enum(['not-worse', 'better']).default('not-worse'),
    /** Level of the interval of the difference; 0.9 leaves 5 % on either side. */
    championConfidence: z.number().min(0.5).max(0.999).default(0.9),
    /** Fewer rows of either class than this left to both models: compare cross-validated estimates instead. */
    minimumRowsPerClass: count.default(10),
  })
  .prefault({});
