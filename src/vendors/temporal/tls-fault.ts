import { isIP } from 'node:net';
import { connect, type ConnectionOptions } from 'node:tls';
import type { ClientConnectConfig } from '@temporalio/envconfig';

/** What is wrong about a TLS connection, seen from here. */
export type TlsFault = 'server untrusted' | 'server expired' | 'client refused' | 'no TLS';

/** How long a server may take to say something after the handshake. */
const PROBE_MS = 5_000;

/** A server that has no TLS answers the handshake with something else. */
const NO_TLS = /WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|HTTP_REQUEST|UNSUPPORTED_PROTOCOL/;

/**
 * Asks a server by TLS itself, because the Temporal SDK's client knows only that it did not connect in time.
 * @returns `null` when nothing is wrong about TLS, or when the server cannot be reached at all
 */
export function tlsFault({ address, tls, apiKey }: ClientConnectConfig['connectionOptions']): Promise<TlsFault | null> {
  const wanted = tls ?? apiKey !== undefined;
  if (wanted === false || address === undefined || !URL.canParse(`https://${address}`)) return Promise.resolve(null);
  const { hostname, port } = new URL(`https://${address}`);
  const host = hostname.replace(/^\[|\]$/g, '');
  const options: ConnectionOptions = { host, port: Number(port || 443), ALPNProtocols: ['h2'] };
  if (isIP(host) === 0) options.servername = host;
  if (typeof wanted === 'object') {
    const { serverNameOverride, serverRootCACertificate, clientCertPair } = wanted;
    if (serverNameOverride) options.servername = serverNameOverride;
    if (serverRootCACertificate) options.ca = Buffer.from(serverRootCACertificate);
    if (clientCertPair)
      Object.assign(options, { cert: Buffer.from(clientCertPair.crt), key: Buffer.from(clientCertPair.key) });
  }
  return new Promise((resolve) => {
    const socket = connect(options);
    let trusted = false;
    const done = (fault: TlsFault | null) => {
      resolve(fault);
      socket.destroy();
    };
    socket.setTimeout(PROBE_MS, () => done(null));
    socket.once('secureConnect', () => (trusted = true));
    // A server of HTTP/2 speaks first, once it has accepted the client's certificate.
    socket.once('data', () => done(null));
    socket.on('error', (error: NodeJS.ErrnoException) => done(faultOf(error, trusted)));
    socket.once('close', () => done(trusted ? 'client refused' : null));
  });
}

function faultOf({ code = '', syscall }: NodeJS.ErrnoException, trusted: boolean): TlsFault | null {
  if (trusted || code.includes('_ALERT_')) return 'client refused';
  if (syscall !== undefined || code === 'ENOTFOUND') return null; // the network's failure
  if (NO_TLS.test(code)) return 'no TLS';
  return code === 'CERT_HAS_EXPIRED' ? 'server expired' : 'server untrusted';
}
