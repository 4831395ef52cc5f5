import type { Calibration } from './calibration.js';
import type { ReferenceProfile } from './reference.js';

/** The only version of the document that this code reads and writes. */
export const MONITORING_REFERENCE_SCHEMA_VERSION = 1;

/** All that monitoring keeps of a model's training: no later check needs the training data. */
export interface MonitoringReference {
  schemaVersion: typeof MONITORING_REFERENCE_SCHEMA_VERSION;
  /** Name of the model. */
  model: string;
  /** Features of all rows, hold-out included, before imputation; predictions and scores are the model's own of the hold-out. */
  profile: ReferenceProfile;
  /** Fitted on out-of-fold scores. */
  calibration: Calibration;
}
