import type { DriftReport } from '../../contracts/report.js';

/** Where drift checks are shown beside the project's own reports. */
export interface SnapshotPusher {
  /** Puts a check there, once however often it is called, and tells the address of its page. */
  push(report: DriftReport): Promise<string>;
}
