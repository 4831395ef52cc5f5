import { type Logger, Runtime, type RuntimeOptions } from '@temporalio/worker';
import type { Activities } from '../activities/index.js';
import type { TelemetrySettings } from '../config/telemetry-settings.js';
import type { ModelRegistry } from '../registry/registry.js';
import type { ArtifactStore } from '../store/artifact-store.js';
import type { FindingsContext } from './findings.js';
import { createLog } from './log.js';
import { DURATION_BUCKETS } from './metric-names.js';
import { createMetrics } from './metrics.js';
import { observeActivities } from './observe-activities.js';
import { keepTellingServing } from './serving.js';

/** Tells of a worker while it runs. */
export interface Telemetry {
  log: Logger;
  /** The same activities, measured where metrics are wanted. */
  observe: (activities: Activities) => Activities;
  close: () => void;
}

/**
 * Installs the SDK's runtime with our log and, where a port is configured, the metrics of SDK and pipeline.
 * @param open opens what metrics look things up in; called only when there are metrics
 * @throws Error with the remedy when the port of the metrics is taken
 */
export function startTelemetry(
  { metricsPort, log: settings }: TelemetrySettings,
  open: { store: () => Pick<ArtifactStore, 'get'>; registry: () => ModelRegistry },
): Telemetry {
  const log = createLog(settings, (line) => void process.stderr.write(line));
  installRuntime(metricsPort, log);
  if (metricsPort === null) return { log, observe: (activities) => activities, close: () => undefined };
  const metrics = createMetrics(Runtime.instance().metricMeter);
  const warn = (error: unknown) => void log.warn('The versions that serve could not be told', { error });
  const serving = keepTellingServing(open.registry(), metrics, warn);
  const store = open.store();
  const context: FindingsContext = { metrics, read: (ref) => store.get(ref), servingChanged: serving.tell };
  return { log, observe: (activities) => observeActivities(activities, context), close: serving.stop };
}

function installRuntime(port: number | null, logger: Logger): void {
  const options: RuntimeOptions = { shutdownSignals: [], logger };
  if (port === null) {
    Runtime.install(options);
    return;
  }
  const prometheus = {
    bindAddress: `0.0.0.0:${port}`,
    histogramBucketOverrides: { mlops_stage_duration_seconds: DURATION_BUCKETS },
  };
  try {
    Runtime.install({ ...options, telemetryOptions: { metrics: { prometheus } } });
  } catch (cause) {
    throw new Error(
      `The metrics cannot be told on port ${port}: another program may have it, so set MLOPS_METRICS_PORT to a free port.`,
      { cause },
    );
  }
}
