/* Small values that results, models and reports are made of. Their schemas are those of the report documents. */

export type {
  ArtifactRef,
  CalibrationBin,
  ConfusionMatrix,
  Difference,
  DriftTest,
  Estimate,
  MetricTable,
  RegisteredModel,
  ReportAddress,
  ThresholdChoice,
  TimeWindow,
  Warning,
} from '../report/schema/shared.js';
