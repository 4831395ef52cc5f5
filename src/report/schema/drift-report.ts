import { z } from 'zod';
import { DRIFT_TEST_NAMES } from '../../contracts/drift.js';
import { statisticsOf } from '../../ml/drift/statistics/index.js';
import { FAULT_REASONS } from '../../contracts/requests.js';
import { checkEntry, performanceState, policy } from './check.js';
import { calibration, count, estimate, measured, metricName, number, share, sha256, text, window } from './shared.js';

const P_VALUES = statisticsOf('p')
  .map(({ name }) => name)
  .join(', ');

const driftTest = z.object({
  name: z.enum(DRIFT_TEST_NAMES),
  value: number.describe(`A p-value (${P_VALUES}) or a distance (the others)`),
  threshold: number,
  drifted: z.boolean(),
});

const columnCounts = z
  .object({
    rows: count.describe('Rows with a value'),
    missing: count,
    mean: measured.describe('null for fewer than five values, and for categories'),
  })
  .meta({ id: 'ColumnCounts' });

const column = z
  .object({
    column: text,
    role: z.enum(['feature', 'prediction', 'score']),
    kind: z.enum(['numeric', 'categorical']),
    reference: columnCounts,
    current: columnCounts,
    test: driftTest.nullable().describe("Evidently's default; null when either side has no value. It decides nothing"),
    stability: driftTest
      .nullable()
      .describe("Evidently's population stability index; null like test. It decides nothing"),
    hypotheses: z
      .array(
        z.object({
          about: z.enum(['distribution', 'missing', 'range']),
          p: share,
          adjustedP: share.describe('Benjamini-Hochberg over all hypotheses of the window'),
          effect: z.object({ name: text, value: number, minimum: number }),
          drifted: z.boolean().describe('Adjusted p and effect both say so'),
        }),
      )
      .describe('These decide'),
    histogram: z
      .object({
        bins: z.union([z.object({ edges: z.array(number) }), z.object({ categories: z.array(text) })]),
        reference: z.array(number),
        current: z.array(number),
      })
      .nullable()
      .describe(
        'Shares of rows; numeric bins have one edge more than shares, the outermost hold what lies beyond, and neighbouring ones that fewer than five rows share have their mean height',
      ),
  })
  .meta({ id: 'ColumnDrift' });

const performance = z
  .object({
    state: performanceState,
    window: window.describe('In which labelled predictions are looked for: longer than that of the check'),
    measured: z
      .object({
        rows: count.describe('Rows with a label'),
        positives: count,
        metrics: z.object({ rocAuc: estimate, accuracy: estimate, recall: estimate, brier: estimate }),
        calibrationError: measured.describe('Expected calibration error over ten equal-width bins'),
        calibration,
      })
      .nullable(),
    estimated: z
      .object({ rows: count, metrics: z.object({ rocAuc: measured, accuracy: measured, recall: measured }) })
      .nullable()
      .describe('Confidence-based estimate (CBPE) from the scores of the window of the check alone, not measured'),
    metric: metricName,
    reference: measured.describe('Cross-validated value at training'),
    found: text,
  })
  .meta({ id: 'PerformanceFinding' });

/** `drift-report.json`, schema version 2: in 1 columns had their extremes, which are values of single people. */
export const driftReportSchema = z
  .object({
    kind: z.literal('drift-report'),
    schemaVersion: z.literal(2),
    check: checkEntry,
    policy,
    window: z.object({
      ...window.shape,
      rows: count.describe('Rows of the model that was checked'),
      otherVersions: z.array(z.object({ version: count, sha256, rows: count })).describe('Not judged'),
      brokenLines: count.describe('Lines that are no record of a request, left out'),
      requests: z
        .object({
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
        })
        .describe('Of the model that was checked'),
      withoutInputs: count,
      unknownFeatures: z.array(text),
      missingFeatures: z.array(text),
    }),
    reference: z.object({ rows: count, exact: z.boolean().describe('False: quantile sketches') }),
    columns: z.array(column),
    performance,
    trend: z.array(checkEntry).describe('Checks before this one, oldest first, at most 100'),
  })
  .meta({ title: 'Drift report', description: 'What a drift check of a deployed model found and decided' });
