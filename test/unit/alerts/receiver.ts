import type { IncomingHttpHeaders, RequestListener } from 'node:http';
import type { Alert } from '../../../src/contracts/monitoring.js';
import { serve } from '../../support/serve.js';

export const ALERT: Alert = {
  id: 'drift-2026-03-01T00:00:00.000Z',
  kind: 'drift',
  model: { name: 'anemia-detection', version: 3 },
  at: '2026-03-01T02:00:00.000Z',
  message:
    'r drifted in 2 of the latest 3 windows: Wasserstein distance 0.42 standard deviations, at least 0.1 needed.',
  report: 'http://127.0.0.1:9234/anemia-detection/drift/1.html',
};

export interface Received {
  method: string | undefined;
  url: string | undefined;
  headers: IncomingHttpHeaders;
  body: string;
}

/** A receiver of alerts on a free port. @param answers a status per request, the last one for all later; a function answers itself */
export async function startReceiver(answers: (number | RequestListener)[]) {
  const received: Received[] = [];
  const address = await serve((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (part: string) => (body += part));
    request.on('end', () => {
      const { method, url, headers } = request;
      const answer = answers[Math.min(received.length, answers.length - 1)]!;
      received.push({ method, url, headers, body });
      if (typeof answer === 'function') answer(request, response);
      else response.writeHead(answer, { 'content-type': 'text/plain' }).end('heard');
    });
  });
  return { host: new URL(address).host, received };
}
