import { json } from 'node:stream/consumers';
import { serve } from './serve.js';

/** A span as its process sent it. */
export interface ReceivedSpan {
  name: string;
  traceId: string;
  spanId: string;
  /** Absent at the top of a trace. */
  parentSpanId?: string;
  attributes: { key: string; value: unknown }[];
  status: { code: number; message?: string };
  events: unknown[];
}

interface Sent {
  resourceSpans: { scopeSpans: { spans: ReceivedSpan[] }[] }[];
}

/** Takes traces by OTLP over HTTP in JSON until the test is finished. */
export async function receiveTraces(): Promise<{ endpoint: string; spans: ReceivedSpan[] }> {
  const spans: ReceivedSpan[] = [];
  const endpoint = await serve((request, response) => {
    if (request.url !== '/v1/traces') {
      response.writeHead(404).end();
      return;
    }
    void json(request).then((sent) => {
      for (const { scopeSpans } of (sent as Sent).resourceSpans)
        for (const scope of scopeSpans) spans.push(...scope.spans);
      response.setHeader('content-type', 'application/json').end('{}');
    });
  });
  return { endpoint, spans };
}
