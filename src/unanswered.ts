import type { Config } from './config.js';

/** What a connection that did not come about becomes: address, reason and remedy in a sentence. */
export function unanswered({ externalTemporal, temporal }: Config, cause?: unknown): Error {
  const address = temporal.connectionOptions.address ?? 'the configured address';
  const reasons = textsOf(cause);
  const refused = REFUSALS.find(({ signs }) => signs.test(reasons));
  if (refused !== undefined) return new Error(`Temporal at ${address} ${refused.what}: ${refused.remedy}.`, { cause });
  const remedy = externalTemporal
    ? 'check TEMPORAL_ADDRESS, TEMPORAL_TLS and that the server runs'
    : 'start the local stack with npm run stack';
  return new Error(`No Temporal server answers at ${address}: ${remedy}.`, { cause });
}

const REFUSALS = [
  {
    signs: /unauthenticated|permission ?denied|jwt|api key/i,
    what: 'refused the credentials',
    remedy: 'renew TEMPORAL_API_KEY, or check TEMPORAL_NAMESPACE and what the key may do there',
  },
  {
    signs:
      /certificate ?required|bad ?certificate|certificate ?unknown|handshake ?failure|tlsv1.*alert|alert (number|internal)/i,
    what: 'refused the client certificate',
    remedy:
      'check TEMPORAL_TLS_CLIENT_CERT_PATH and TEMPORAL_TLS_CLIENT_KEY_PATH and that the certificate has not expired',
  },
  {
    signs:
      /self.signed|unable to (verify|get)|unknown ?issuer|invalid peer certificate|UnknownCA|not valid for|altnames|ERR_TLS_CERT/i,
    what: 'has a certificate that is not trusted here',
    remedy: 'name its authority with TEMPORAL_TLS_SERVER_CA_CERT_PATH, or its host with TEMPORAL_TLS_SERVER_NAME',
  },
];

/** Messages of an error and of all that caused it. */
function textsOf(error: unknown): string {
  const texts: string[] = [];
  for (let cause = error, depth = 0; cause instanceof Error && depth < 10; cause = cause.cause, depth++)
    texts.push(
      cause.message,
      'details' in cause ? String(cause.details) : '',
      'code' in cause ? String(cause.code) : '',
    );
  return texts.join(' ');
}
