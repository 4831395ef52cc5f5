import { z } from 'zod';
import { statisticsOf } from '../../ml/drift/statistics/index.js';
import { FAULT_REASONS } from '../../contracts/requests.js';
import { checkEntry, performanceState, policy } from './check.js';
import {
  calibration,
  count,
  driftTest,
  estimate,
  measured,
  metricName,
  number,
  share,
  sha256,
  text,
  window,
} from './shared.js';

const P_VALUES = statisticsOf('p')
  .map(({ name }) => name)
  .join(', ');

const test = driftTest.extend({ value: number.describe(`A p-value (${P_VALUES}) or a distance (the others)`) });

const columnCounts = z
  .object({
    rows: count.describe('Rows with a value'),
    missing: count,
    mean: measured.describe('null for fewer than five values, and for categories'),
  })
  .meta({ id: 'ColumnCounts' });

/** Extremes would be single people's. */
export type ColumnCounts = z.output<typeof columnCounts>;

const hypothesis = z.object({
  about: z.enum(['distribution', 'missing', 'range']),
  /** Probability of a difference of this size or more without drift, in [0, 1]. */
  p: share,
  adjustedP: share.describe('Benjamini-Hochberg over all hypotheses of the window'),
  /** How large the difference is; small ones are never drift however significant. */
  effect: z.object({ name: text, value: number, minimum: number }),
  drifted: z.boolean().describe('Adjusted p and effect both say so'),
});

/** One of the questions that error control answers together. */
export type Hypothesis = z.output<typeof hypothesis>;

const histogram = z.object({
  bins: z.union([z.object({ edges: z.array(number) }), z.object({ categories: z.array(text) })]),
  reference: z.array(number),
  current: z.array(number),
});

/** Shares of rows by bins or categories, on both sides. */
export type ColumnHistogram = z.output<typeof histogram>;

const column = z
  .object({
    column: text,
    role: z.enum(['feature', 'prediction', 'score']),
    kind: z.enum(['numeric', 'categorical']),
    reference: columnCounts,
    current: columnCounts,
    test: test.nullable().describe("Evidently's default; null when either side has no value. It decides nothing"),
    stability: test.nullable().describe("Evidently's population stability index; null like test. It decides nothing"),
    hypotheses: z.array(hypothesis).describe('These decide'),
    histogram: histogram
      .nullable()
      .describe(
        'Shares of rows; numeric bins have one edge more than shares, the outermost hold what lies beyond, and neighbouring ones that fewer than five rows share have their mean height',
      ),
  })
  .meta({ id: 'ColumnDrift' });

/** One column of the window against the reference. */
export type ColumnDrift = z.output<typeof column>;

const labelled = z.object({
  rows: count.describe('Rows with a label'),
  positives: count,
  metrics: z.object({ rocAuc: estimate, accuracy: estimate, recall: estimate, brier: estimate }),
  calibrationError: measured.describe('Expected calibration error over ten equal-width bins'),
  calibration,
});

/** A metric over labelled predictions of a window; the calibration is of scores in groups of at least five rows. */
export type Performance = z.output<typeof labelled>;

const estimated = z.object({
  rows: count,
  metrics: z.object({ rocAuc: measured, accuracy: measured, recall: measured }),
});

/** Metrics expected from calibrated scores alone: valid only while the labels' relation to the score stays as it was. */
export type EstimatedPerformance = z.output<typeof estimated>;

const performance = z
  .object({
    state: performanceState,
    window: window.describe('In which labelled predictions are looked for: longer than that of the check'),
    measured: labelled.nullable(),
    estimated: estimated
      .nullable()
      .describe('Confidence-based estimate (CBPE) from the scores of the window of the check alone, not measured'),
    metric: metricName,
    reference: measured.describe('Cross-validated value at training'),
    /** In a sentence. */
    found: text,
  })
  .meta({ id: 'PerformanceFinding' });

/** What is known of performance in a window, measured or estimated. */
export type PerformanceFinding = z.output<typeof performance>;

const requests = z.object({
  total: count.describe('Answered or refused; a batch is one request'),
  refused: count.describe('Nothing of them was scored'),
  faults: z
    .array(
      z.object({
        reason: z.enum(FAULT_REASONS),
        feature: text.nullable().describe("null where none of the model's own can be named"),
        requests: count,
      }),
    )
    .describe('What was wrong with refused requests; one may have several faults'),
});

/** Requests for predictions in a window, and the faults of those refused, most frequent first. */
export type WindowRequests = z.output<typeof requests>;

const windowSummary = z.object({
  ...window.shape,
  rows: count.describe('Rows of the model that was checked'),
  otherVersions: z.array(z.object({ version: count, sha256, rows: count })).describe('Not judged'),
  brokenLines: count.describe('Lines that are no record of a request, left out'),
  goneFiles: count
    .optional()
    .describe('Files that were removed while the window was read, left out where there were none'),
  requests: requests.describe('Of the model that was checked'),
  /** Rows captured without their inputs. */
  withoutInputs: count,
  /** Names of features captured that the model does not have, and the other way round. */
  unknownFeatures: z.array(text),
  missingFeatures: z.array(text),
});

/** What was captured in a window and could be used. */
export type WindowSummary = z.output<typeof windowSummary>;

/** `drift-report.json`, schema version 2: in 1 columns had their extremes, which are values of single people. */
export const driftReportSchema = z
  .object({
    kind: z.literal('drift-report'),
    schemaVersion: z.literal(2),
    check: checkEntry,
    policy,
    window: windowSummary,
    reference: z.object({ rows: count, exact: z.boolean().describe('False: quantile sketches') }),
    columns: z.array(column),
    performance,
    trend: z.array(checkEntry).describe('Checks before this one, oldest first, at most 100'),
  })
  .meta({ title: 'Drift report', description: 'What a drift check of a deployed model found and decided' });

/** `drift-report.json`: all that the HTML report of a drift check shows. */
export type DriftReport = z.output<typeof driftReportSchema>;
