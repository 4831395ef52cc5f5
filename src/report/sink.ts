import type { ReportAddress } from '../contracts/pipeline.js';
import type { Tone } from './markup.js';

export type ReportKind = 'training' | 'drift';

/** A report as it is written: the page and the document that the page shows. */
export interface WrittenReport {
  /** Name of the model. */
  model: string;
  kind: ReportKind;
  /** Names the report within model and kind: letters, digits and `. _ : -`, a letter or digit first. */
  id: string;
  /** ISO 8601, UTC. */
  createdAt: string;
  html: string;
  /** A `TrainingReport` or a `DriftReport` as JSON text. */
  json: string;
}

/** Where reports go. */
export interface ReportSink {
  /**
   * Makes the report visible, whole or not at all, and tells its addresses. The same id again takes the place of the
   * former report.
   * @throws PipelineFailure `DataContract` for an id or model name that cannot name a file
   */
  write(report: WrittenReport): Promise<ReportAddress>;
}

/** A line of a list of reports. */
export interface ListedReport {
  kind: ReportKind;
  tone: Tone;
  /** In a few words. */
  verdict: string;
  /** ISO 8601, UTC. */
  createdAt: string;
  /** File names within the directory of model and kind. */
  html: string;
  json: string;
}
