import type { Config } from '../config/config.js';
import { homeOf, portHolder } from '../local/ports.js';
import { type TlsFault, tlsFault } from '../vendors/temporal/tls-fault.js';

/** What a connection that did not come about becomes: address, reason and remedy in a sentence. */
export async function unanswered(config: Config, cause?: unknown): Promise<Error> {
  const { externalTemporal, temporal } = config;
  const { connectionOptions } = temporal;
  const address = connectionOptions.address ?? 'the configured address';
  const held = await ofHolder(config, cause);
  if (held !== null) return held;
  if (!externalTemporal)
    return new Error(`No Temporal server answers at ${address}: start the local stack with npm run stack.`, { cause });
  if (CREDENTIALS.test(textsOf(cause)))
    return new Error(
      `Temporal at ${address} refused the credentials: renew TEMPORAL_API_KEY, or check TEMPORAL_NAMESPACE and what the key may do there.`,
      { cause },
    );
  const fault = await tlsFault(connectionOptions);
  if (fault !== null) return new Error(`Temporal at ${address} ${FAULTS[fault]}.`, { cause });
  return new Error(
    `No Temporal server answers at ${address}: check TEMPORAL_ADDRESS, TEMPORAL_TLS and that the server runs.`,
    { cause },
  );
}

/** The same of a server that answered before and does so no more. */
export async function silenced(config: Config, cause: unknown): Promise<Error> {
  const { address = 'the configured address' } = config.temporal.connectionOptions;
  const remedy = config.externalTemporal
    ? 'check that the server runs and is not overloaded'
    : 'start the local stack with npm run stack';
  return (
    (await ofHolder(config, cause)) ??
    new Error(`Temporal at ${address} answered before, and does not now: ${remedy}, then try again.`, { cause })
  );
}

/** Who has the port of a local server that does not answer, `null` for nobody. */
async function ofHolder({ externalTemporal, ports }: Config, cause: unknown): Promise<Error | null> {
  const holder = externalTemporal ? null : await portHolder(ports.temporal);
  if (holder === null) return null;
  const home = homeOf(holder);
  return home !== null
    ? new Error(
        `The Temporal server of the local stack of ${home} (process ${holder.pid}, port ${ports.temporal}) does not answer: if it stays so, stop that stack with npm run stop and start it anew.`,
        { cause },
      )
    : new Error(
        `Port ${ports.temporal} of the Temporal server is in use by ${holder.program} (process ${holder.pid}), which does not answer as Temporal does: stop it, or start the local stack elsewhere with npm run stack -- --ports auto.`,
        { cause },
      );
}

/** Names of gRPC's statuses 16 and 7, and how the worker's core describes them. */
const CREDENTIALS = /UNAUTHENTICATED|PERMISSION_DENIED|valid authentication credentials|does not have permission/i;

const FAULTS: Record<TlsFault, string> = {
  'client refused':
    'refused the client certificate: check TEMPORAL_TLS_CLIENT_CERT_PATH and TEMPORAL_TLS_CLIENT_KEY_PATH and that the certificate has not expired',
  'server untrusted':
    'has a certificate that is not trusted here: name its authority with TEMPORAL_TLS_SERVER_CA_CERT_PATH, or its host with TEMPORAL_TLS_SERVER_NAME',
  'server expired': 'has a certificate that has expired: have it renewed, or check the clock of this machine',
  'no TLS': 'does not speak TLS: leave out TEMPORAL_API_KEY and the variables TEMPORAL_TLS, or name the port that does',
};

/** Messages of an error and of all that caused it. */
function textsOf(error: unknown): string {
  const texts: string[] = [];
  for (let cause = error, depth = 0; cause instanceof Error && depth < 10; cause = cause.cause, depth++)
    texts.push(cause.message);
  return texts.join(' ');
}
