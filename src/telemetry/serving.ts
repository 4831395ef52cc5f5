import type { ModelRegistry, TrafficShare } from '../registry/registry.js';
import type { Metrics } from './metrics.js';

/** Every worker tells what serves; what another one changed is known here after this time. */
const REFRESH_MS = 60_000;

/** Tells the version that has most of the traffic, for every function and alias that the registry knows. */
export async function tellServing(registry: ModelRegistry, metrics: Metrics): Promise<void> {
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
export function keepTellingServing(registry: ModelRegistry, metrics: Metrics, warn: (error: unknown) => void) {
  const tell = () => tellServing(registry, metrics).catch(warn);
  void tell();
  const timer = setInterval(() => void tell(), REFRESH_MS).unref();
  return { tell, stop: () => clearInterval(timer) };
}
