import type { DefinitionKeys } from '../definition/keys.js';
import type { CandidateDefinition } from './candidate.js';

export type {
  ApprovalPolicy,
  CorsPolicy,
  DeploymentPolicy,
  FunctionSettings,
  JudgePolicy,
  Strategy,
  TrafficStep,
} from '../definition/deployment-schema.js';
export type { CalibrationMethod, SearchPolicy, ThresholdRule } from '../definition/learning-schema.js';
export type {
  DriftPolicy,
  ModelCard,
  MonitoringPolicy,
  PerformancePolicy,
  RequestPolicy,
  RetrainingPolicy,
} from '../definition/monitoring-schema.js';
export type { ColumnDefinition, Dialect, Encoding, TargetDefinition } from '../definition/table-schema.js';

/** A complete, checked definition: no optional fields, every default filled in (see `src/definition/definition.ts`). */
export interface Definition extends DefinitionKeys {
  candidates: CandidateDefinition[];
}
