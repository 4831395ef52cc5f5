import { setTimeout as delay } from 'node:timers/promises';
import type { Config } from '../config/config.js';
import { asTyped } from '../config/environment.js';
import { programCommand } from '../contracts/commands.js';
import { printable } from '../contracts/text.js';
import { homeOf, portHolder } from '../local/addresses.js';
import { type TlsFault, tlsFault } from '../vendors/temporal/tls-fault.js';

/** What takes longer is told of. */
export const SILENCE_MS = 5000;

/** Pause before a server that is away is asked for a result again. */
const AGAIN_MS = 1000;

/** What keeps a run from going on, in sentences, `''` for nothing; never fails, whoever is away. */
export type Watch = (workflowId: string) => Promise<string>;

/** Tells a person, beside whatever the program answers. */
export const tellPerson = (line: string): void => void process.stderr.write(`${asTyped(printable(line))}\n`);

/** A run that has been started. */
interface Run<T> {
  workflowId: string;
  result: () => Promise<T>;
}

/** Where Temporal is, for people. */
export const addressOf = ({ temporal }: Config): string =>
  temporal.connectionOptions.address ?? 'the configured address';

/** Where versions are registered, for people. */
export const registryOf = ({ mlflow, storage, home }: Config): string =>
  mlflow === null ? `the registry in ${storage.base ?? home}` : `MLflow at ${mlflow.uri}`;

/** Waits for something that no try of ours repeats; after 5 s, and each time as long again, says for what and how long. */
export async function patiently<T>(
  what: string,
  work: Promise<T>,
  say: (line: string) => void = tellPerson,
): Promise<T> {
  const since = performance.now();
  const reported = () => {
    const seconds = Math.round((performance.now() - since) / 1000);
    say(`Waiting for ${what} since ${seconds} s.`);
    timer = setTimeout(reported, seconds * 1000);
  };
  let timer = setTimeout(reported, SILENCE_MS);
  try {
    return await work;
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Waits for the result of a run. After 5 s it says what the run waits for and how often that was tried, and again when that
 * changes. A server that goes away is waited for.
 */
export async function resultOf<T>(run: Run<T>, watch: Watch): Promise<T> {
  const ended = lastingResult(run);
  let last = '';
  for (;;) {
    const over = await sooner(ended, SILENCE_MS);
    if (over !== null) return over.result;
    const sentence = await watch(run.workflowId);
    if (sentence !== last && sentence !== '') tellPerson(`Waiting for ${run.workflowId}: ${sentence}`);
    last = sentence;
  }
}

/** What comes within the time, `null` otherwise; no timer is left behind, for which the process would stay. */
export async function sooner<T>(work: Promise<T>, milliseconds: number): Promise<T | null> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<null>((resolve) => (timer = setTimeout(resolve, milliseconds, null)));
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Its result, in a box: asked for again while the server is away. */
export async function lastingResult<T>(run: Run<T>): Promise<{ result: T }> {
  for (;;)
    try {
      return { result: await run.result() };
    } catch (error) {
      if (!isAway(error)) throw error;
      await delay(AGAIN_MS);
    }
}

/** DEADLINE_EXCEEDED and UNAVAILABLE of gRPC. */
const AWAY: unknown[] = [4, 14];

/**
 * Whether Temporal could not be asked, rather than that it refused: an error of its client, or of gRPC beneath. By their
 * parts, because the client's classes take a while to load, and commands that never ask Temporal wait here, too.
 */
export function isAway(error: unknown): boolean {
  const cause = error instanceof Error && error.name === 'ServiceError' ? error.cause : error;
  return cause instanceof Error && 'code' in cause && 'details' in cause && AWAY.includes(cause.code);
}

/** What a connection that did not come about becomes: address, reason and remedy in a sentence. */
export async function unanswered(config: Config, cause?: unknown): Promise<Error> {
  const { externalTemporal, temporal } = config;
  const { connectionOptions } = temporal;
  const address = addressOf(config);
  const held = await ofHolder(config, cause);
  if (held !== null) return held;
  if (!externalTemporal)
    return new Error(
      `No Temporal server answers at ${address}: start the local stack with ${programCommand('stack')}.`,
      { cause },
    );
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
  const address = addressOf(config);
  const remedy = config.externalTemporal
    ? 'check that the server runs and is not overloaded'
    : `start the local stack with ${programCommand('stack')}`;
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
        `The Temporal server of the local stack of ${home} (process ${holder.pid}, port ${ports.temporal}) does not answer: if it stays so, stop that stack with ${programCommand('stop')} and start it anew.`,
        { cause },
      )
    : new Error(
        `Port ${ports.temporal} of the Temporal server is in use by ${holder.program} (process ${holder.pid}), which does not answer as Temporal does: stop it, or start the local stack elsewhere with ${programCommand('stack', '--ports', 'auto')}.`,
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
