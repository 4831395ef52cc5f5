import { createRequire } from 'node:module';
import { makeWorkflowExporter, OpenTelemetryActivityInboundInterceptor } from '@temporalio/interceptors-opentelemetry';
import type { ActivityInterceptorsFactory, InjectedSinks } from '@temporalio/worker';
import type { Sinks } from '@temporalio/workflow';
import type { Tracing } from './tracing.js';

/** What a Worker takes to tell traces. */
export interface TracedOptions {
  activity: ActivityInterceptorsFactory[];
  workflowModules: string[];
  sinks: InjectedSinks<Sinks>;
}

/** Passes the trace on from workflow to activity, and tells the spans of workflows; not again when they are replayed. */
export const TRACING_MODULE = createRequire(import.meta.url).resolve(
  '@temporalio/interceptors-opentelemetry/lib/workflow-interceptors',
);

/** An activity is a span below the one of its workflow. */
export const tracedOptions = ({ processor, resource }: Tracing): TracedOptions => ({
  activity: [(context) => ({ inbound: new OpenTelemetryActivityInboundInterceptor(context) })],
  workflowModules: [TRACING_MODULE],
  sinks: { exporter: makeWorkflowExporter(processor, resource) },
});
