import type { Alert } from '../contracts/monitoring.js';

/** Where alerts go. */
export interface AlertSink {
  /** Names the sink in the run that uses it; no two sinks of a worker share one. */
  name: string;
  /**
   * Delivers an alert. It may be called again with the same alert when it failed, and when nobody heard that it
   * succeeded.
   * @throws PipelineFailure `AlertRefused` when trying again cannot help; any other error is tried again
   */
  send(alert: Alert, signal: AbortSignal): Promise<void>;
}
