import { once } from 'node:events';
import http2 from 'node:http2';
import type { AddressInfo } from 'node:net';
import { generate, type GenerateResult } from 'selfsigned';

const COMMON = { keyType: 'ec', algorithm: 'sha256' } as const;
const named = (value: string) => [{ name: 'commonName', value }];

/** An authority that signs certificates. */
export async function createAuthority(name: string) {
  const usage = { name: 'keyUsage', keyCertSign: true, critical: true } as const;
  const constraints = { name: 'basicConstraints', cA: true, critical: true } as const;
  const self = await generate(named(name), { ...COMMON, extensions: [constraints, usage] });
  const ca = { key: self.private, cert: self.cert };
  return {
    cert: self.cert,
    /** @param days until it expires; before today when negative */
    sign(host: string, days = 1): Promise<GenerateResult> {
      const day = 24 * 3600_000;
      const notBeforeDate = new Date(Date.now() - 10 * day);
      const notAfterDate = new Date(Date.now() + days * day);
      return generate(named(host), { ...COMMON, ca, notBeforeDate, notAfterDate });
    },
  };
}

/**
 * What stands before Temporal Cloud, before a server of one's own: TLS, certificates of clients, one API key, and no operator
 * calls.
 * @param target address of the server behind it, without a scheme
 */
export async function openGate(
  target: string,
  tls: { key: string; cert: string; clientAuthority: string | null },
  apiKey: string | null,
  refused = { grpcStatus: 7, paths: '/temporal.api.operatorservice.' },
): Promise<{ address: string; close: () => Promise<void> }> {
  const { key, cert, clientAuthority } = tls;
  const asks = clientAuthority === null ? {} : { ca: clientAuthority, requestCert: true };
  const server = http2.createSecureServer({ key, cert, ...asks, rejectUnauthorized: true });
  const behind = http2.connect(`http://${target}`);
  const sessions = new Set<http2.ServerHttp2Session>();
  server.on('session', (session) => {
    sessions.add(session);
    session.once('close', () => sessions.delete(session));
  });
  server.on('stream', (stream, headers) => {
    stream.on('error', () => undefined); // who hangs up is not our failure
    if (apiKey !== null && headers.authorization !== `Bearer ${apiKey}`) refuse(stream, 16);
    else if (headers[':path']!.startsWith(refused.paths)) refuse(stream, refused.grpcStatus);
    else forward(stream, headers, behind);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    address: `localhost:${(server.address() as AddressInfo).port}`,
    async close() {
      for (const session of sessions) session.destroy();
      behind.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

/** As gRPC refuses: a status in headers that are also the end. */
const refuse = (stream: http2.ServerHttp2Stream, grpcStatus: number) =>
  stream.respond(
    {
      ':status': 200,
      'content-type': 'application/grpc',
      'grpc-status': String(grpcStatus),
      'grpc-message': 'Request unauthorized.',
    },
    { endStream: true },
  );

function forward(
  stream: http2.ServerHttp2Stream,
  headers: http2.IncomingHttpHeaders,
  behind: http2.ClientHttp2Session,
): void {
  const request = behind.request(headers);
  request.on('error', () => stream.destroy());
  stream.on('close', () => request.destroy());
  stream.pipe(request);
  let trailers: http2.OutgoingHttpHeaders = {};
  request.on('trailers', (sent: http2.IncomingHttpHeaders) => (trailers = withoutPseudo(sent)));
  request.on('response', (answer, flags) => {
    const ends = (flags & http2.constants.NGHTTP2_FLAG_END_STREAM) !== 0;
    stream.respond(answer, { endStream: ends, waitForTrailers: !ends });
    if (ends) return;
    stream.on('wantTrailers', () => stream.sendTrailers(trailers));
    request.pipe(stream);
  });
}

const withoutPseudo = (headers: http2.IncomingHttpHeaders) =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !name.startsWith(':')));
