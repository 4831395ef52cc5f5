import { SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { errorName } from './errors.js';

interface Stack {
  add: (
    middleware: (
      next: (args: never) => Promise<unknown>,
      context: { clientName?: string; commandName?: string },
    ) => (args: never) => Promise<unknown>,
    options: { step: 'initialize'; name: string; override: boolean },
  ) => void;
}

/**
 * The same client, whose calls are spans like `S3 PutObject` wherever this process traces; elsewhere they cost nothing.
 * Spans have the error's name and no part of the request.
 */
export function traced<T extends { middlewareStack: unknown }>(client: T): T {
  (client.middlewareStack as Stack).add(
    (next, { clientName = '', commandName = '' }) =>
      (args) => {
        const [service, operation] = [clientName.replace(/Client$/, ''), commandName.replace(/Command$/, '')];
        const attributes = { 'rpc.system': 'aws-api', 'rpc.service': service, 'rpc.method': operation };
        const tracer = trace.getTracer('aws');
        return tracer.startActiveSpan(
          `${service} ${operation}`,
          { kind: SpanKind.CLIENT, attributes },
          async (span) => {
            try {
              return await next(args);
            } catch (error) {
              span.setStatus({ code: SpanStatusCode.ERROR, message: errorName(error) });
              throw error;
            } finally {
              span.end();
            }
          },
        );
      },
    { step: 'initialize', name: 'traced', override: true },
  );
  return client;
}
