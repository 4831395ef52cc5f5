import { diag, DiagLogLevel, SpanStatusCode, trace } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { Resource } from '@opentelemetry/resources';
import { BatchSpanProcessor, type SpanProcessor } from '@opentelemetry/sdk-trace-base';
import { NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import type { TelemetrySettings } from '../config/service-settings.js';

/** What waits at the end is sent within this time, or lost. */
const FLUSH_MS = 3_000;

/** Traces of a process: what its worker and its client take. */
export interface Tracing {
  resource: Resource;
  processor: SpanProcessor;
  /** Runs `act` in a span of this name, below which all that it starts stands. */
  within: <T>(name: string, act: () => Promise<T>) => Promise<T>;
  /** Sends what waits, for three seconds at most. */
  close: () => Promise<void>;
}

/**
 * Lets spans of this process go to a receiver of OTLP over HTTP, in batches.
 * @param say hears once, in a sentence, that the receiver cannot be reached
 */
export function startTracing(
  { endpoint, serviceName }: NonNullable<TelemetrySettings['traces']>,
  say: (line: string) => void,
): Tracing {
  let said = false;
  const complain = () => {
    if (!said) say(`Traces cannot be sent to ${endpoint}; check OTEL_EXPORTER_OTLP_ENDPOINT. All else goes on.`);
    said = true;
  };
  const silent = () => undefined;
  const diagnostics = { error: complain, warn: silent, info: silent, debug: silent, verbose: silent };
  diag.setLogger(diagnostics, { logLevel: DiagLogLevel.ERROR, suppressOverrideMessage: true });
  const resource = new Resource({ 'service.name': serviceName });
  const processor = new BatchSpanProcessor(
    new OTLPTraceExporter({ url: `${endpoint}/v1/traces`, timeoutMillis: FLUSH_MS }),
  );
  const provider = new NodeTracerProvider({ resource, spanProcessors: [processor] });
  provider.register();
  const tracer = trace.getTracer('anemia-mlops');
  return {
    resource,
    processor,
    within: (name, act) =>
      tracer.startActiveSpan(name, async (span) => {
        try {
          return await act();
        } catch (error) {
          span.setStatus({ code: SpanStatusCode.ERROR });
          throw error;
        } finally {
          span.end();
        }
      }),
    close: async () => {
      const late = new Promise<void>((resolve) => setTimeout(resolve, FLUSH_MS).unref());
      await Promise.race([provider.shutdown().catch(complain), late]);
      trace.disable();
    },
  };
}
