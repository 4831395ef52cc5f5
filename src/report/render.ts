import type { DriftReport, TrainingReport } from '../contracts/results.js';

/*
 * The chart library takes about half a second to load: a worker that writes no report never pays, and activities await.
 */

/** The page of a training run, see `training-report.ts`. */
export const renderTrainingReport = async (report: TrainingReport): Promise<string> =>
  (await import('./training-report.js')).renderTrainingReport(report);

/** The page of a drift check, see `drift-report.ts`. */
export const renderDriftReport = async (report: DriftReport): Promise<string> =>
  (await import('./drift-report.js')).renderDriftReport(report);
