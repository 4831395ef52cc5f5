import { once } from 'node:events';
import { createServer, request as ask } from 'node:http';
import type { AddressInfo } from 'node:net';

const ERRORS = { expired: [400, 'ExpiredToken'], 'read-only': [403, 'AccessDenied'] } as const;

/** What a server refuses: every request, or every write. */
export type Refusal = keyof typeof ERRORS;

/** A way to an S3 server on which requests are refused, from the start or from when it is told to. */
export async function openRefusingS3(target: string, refusal: Refusal | null) {
  let refused = refusal;
  const server = createServer((request, response) => {
    const { method = '', headers, url: path } = request;
    const reads = method === 'GET' || method === 'HEAD';
    if (refused !== null && !(refused === 'read-only' && reads)) {
      const [status, code] = ERRORS[refused];
      response.writeHead(status, { 'content-type': 'application/xml' });
      response.end(method === 'HEAD' ? undefined : `<Error><Code>${code}</Code></Error>`);
      return;
    }
    const { hostname, port } = new URL(target);
    const onward = ask({ hostname, port, method, path, headers }, (answer) => {
      response.writeHead(answer.statusCode!, answer.headers);
      answer.pipe(response);
    });
    onward.on('error', () => response.destroy());
    request.pipe(onward);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    refuse: (what: Refusal) => (refused = what),
    close: () => new Promise((resolve) => server.close(resolve)),
  };
}
