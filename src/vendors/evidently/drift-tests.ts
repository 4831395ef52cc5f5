import type { ColumnDrift, DriftTest, Hypothesis } from '../../contracts/drift.js';
import type { MetricConfig, TestResult } from './documents.js';

/** What Evidently itself says of a column, in its words. */
export const asEvidently = (metric: MetricConfig, column: string, test: DriftTest, method: string): TestResult => ({
  ...resultOf(metric, 'drift', test.drifted),
  name: `Value Drift for column ${column}`,
  description: `Drift score is ${test.value.toFixed(2)}. The drift detection method is ${method}. The drift threshold is ${test.threshold.toFixed(2)}.`,
});

/** What alarms go by: the hypotheses of a column under error control, with their effects. */
export const afterErrorControl = (metric: MetricConfig, { column, hypotheses }: ColumnDrift): TestResult[] =>
  hypotheses.length === 0
    ? []
    : [
        {
          ...resultOf(metric, 'error-control', hypotheses.some(isDrifted)),
          name: `Drift of column ${column} after error control`,
          description: `${hypotheses.map(inWords).join('; ')}.`,
        },
      ];

export const isDrifted = ({ drifted }: Hypothesis): boolean => drifted;

const inWords = ({ about, adjustedP, effect, drifted }: Hypothesis): string =>
  `${about}: ${drifted ? 'drifted' : 'not drifted'}, adjusted p ${adjustedP.toPrecision(3)}, ${effect.name} ${effect.value.toPrecision(3)} (from ${effect.minimum.toPrecision(3)} on it counts)`;

const resultOf = (metric_config: MetricConfig, id: string, drifted: boolean) =>
  ({ id, metric_config, test_config: {}, status: drifted ? 'FAIL' : 'SUCCESS', bound_test: null }) as const;
