export type { DriftReport } from '../report/schema/drift-report.js';
export type {
  Evaluation,
  ExploratoryProfile,
  FeatureProfile,
  ReportLineage,
  TrainingReport,
} from '../report/schema/training-report.js';
