import { type Logger, Runtime, type RuntimeOptions } from '@temporalio/worker';
import type { Activities } from '../activities/index.js';
import type { TelemetrySettings } from '../config/service-settings.js';
import type { ModelRegistry, TrafficShare } from '../registry/registry.js';
import type { ArtifactStore } from '../store/artifacts.js';
import { createLog } from './log.js';
import { DURATION_BUCKETS, createMetrics, type Metrics, type FindingsContext, observeActivities } from './metrics.js';
import type { Tracing } from './tracing.js';

/** Tells of a worker while it runs. */
interface Telemetry {
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

/** Every worker tells what serves; what another one changed is known here after this time. */
const REFRESH_MS = 60_000;

/** Tells the version that has most of the traffic, for every function and alias that the registry knows. */
async function tellServing(registry: ModelRegistry, metrics: Metrics): Promise<void> {
  for (const model of await registry.models()) {
    const latest = new Map<string, TrafficShare[]>();
    for (const entry of await registry.log(model))
      if (entry.event === 'traffic') latest.set(entry.target, entry.shares);
    for (const [target, shares] of latest) {
      const [functionName = '', alias = ''] = target.split(':');
      const [most] = [...shares].sort((a, b) => b.percent - a.percent);
      metrics('mlops_serving_version', most?.version ?? 0, { model, function: functionName, alias });
    }
  }
}

/**
 * Tells what serves now and from time to time.
 * @param warn hears why it could not be told
 */
function keepTellingServing(registry: ModelRegistry, metrics: Metrics, warn: (error: unknown) => void) {
  const tell = () => tellServing(registry, metrics).catch(warn);
  void tell();
  const timer = setInterval(() => void tell(), REFRESH_MS).unref();
  return { tell, stop: () => clearInterval(timer) };
}
