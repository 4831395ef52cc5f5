import { type Logger, Runtime, type RuntimeOptions } from '@temporalio/worker';
import type { Activities } from '../activities/index.js';
import type { TelemetrySettings } from '../config/telemetry-settings.js';
import type { ModelRegistry } from '../registry/registry.js';
import type { ArtifactStore } from '../store/artifacts.js';
import { type FindingsContext, observeActivities } from './observe-activities.js';
import { createLog } from './log.js';
import { DURATION_BUCKETS, createMetrics } from './metrics.js';
import { keepTellingServing } from './serving.js';
import type { Tracing } from './tracing.js';

/** Tells of a worker while it runs. */
export interface Telemetry {
  log: Logger;
  /** The same activities, measured where metrics are wanted. */
  observe: (activities: Activities) => Activities;
  /** `null` where traces go nowhere. */
  tracing: Tracing | null;
  close: () => Promise<void>;
}

/**
 * Installs the SDK's runtime with our log and, where a port is configured, the metrics of SDK and pipeline.
 * @param worker stages of its activities, and what opens that in which metrics look things up; opened only for metrics
 * @throws Error with the remedy when the port of the metrics is taken
 */
export async function startTelemetry(
  { metricsPort, log: settings, traces }: TelemetrySettings,
  worker: {
    stageOf: FindingsContext['stageOf'];
    store: () => Pick<ArtifactStore, 'get'>;
    registry: () => ModelRegistry;
  },
): Promise<Telemetry> {
  const { stageOf } = worker;
  const log = createLog(settings, (line) => void process.stderr.write(line), stageOf);
  installRuntime(metricsPort, log);
  const tracing =
    traces === null ? null : (await import('./tracing.js')).startTracing(traces, (sentence) => void log.warn(sentence));
  const closeTracing = async () => tracing?.close();
  if (metricsPort === null) return { log, tracing, observe: (activities) => activities, close: closeTracing };
  const metrics = createMetrics(Runtime.instance().metricMeter);
  const warn = (error: unknown) => void log.warn('The versions that serve could not be told', { error });
  const serving = keepTellingServing(worker.registry(), metrics, warn);
  const store = worker.store();
  const context: FindingsContext = { metrics, stageOf, read: (ref) => store.get(ref), servingChanged: serving.tell };
  return {
    ...{ log, tracing },
    observe: (activities) => observeActivities(activities, context),
    async close() {
      serving.stop();
      await closeTracing();
    },
  };
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
