import { createServer } from 'node:net';
import { programCommand } from '../contracts/commands.js';
import { encrypts } from '../vendors/temporal/codec/keys.js';
import { type Config, readConfig } from '../config/config.js';
import { filled } from '../config/environment.js';
import { homeOfServer } from './ports.js';
import { runningState, type StackAddresses } from './state.js';

/** Where the parts of a stack of this configuration are, by the settings that say so. */
export function addressesOf(config: Config): StackAddresses {
  const { ports, codec, taskQueue, temporal, namespace } = config;
  return {
    settings: {
      MLOPS_TEMPORAL_PORT: String(ports.temporal),
      MLOPS_UI_PORT: String(ports.ui),
      MLOPS_LAMBDA_PORT: String(ports.lambda),
      MLOPS_REPORTS_PORT: String(ports.reports),
      ...(encrypts(codec) ? { MLOPS_CODEC_PORT: String(codec.server.port) } : {}),
      MLOPS_TASK_QUEUE: taskQueue,
    },
    temporal: temporal.connectionOptions.address ?? '',
    namespace,
  };
}

/**
 * The configuration of a command, with the addresses of the stack that runs in its home.
 * @throws Error that names both where the environment says something else
 */
export async function asTheStack(config: Config): Promise<Config> {
  const { addresses } = (await runningState(config)) ?? { addresses: null };
  if (addresses === null) return config;
  const otherwise = (what: string, here: string, there: string) =>
    new Error(
      `${what} is ${here} here, and ${there} for the stack that runs in ${config.home}: unset it to use that stack, or stop the stack with ${programCommand('stop')} and start it anew.`,
    );
  for (const [variable, value] of Object.entries(addresses.settings)) {
    const given = filled(config.environment, variable);
    if (given !== undefined && given !== value) throw otherwise(variable, given, value);
  }
  const settled = readConfig({ ...config.environment, ...addresses.settings });
  const { temporal, namespace } = addressesOf(settled);
  if (temporal !== addresses.temporal) throw otherwise('The address of Temporal', temporal, addresses.temporal);
  if (namespace !== addresses.namespace) throw otherwise('The namespace of Temporal', namespace, addresses.namespace);
  return settled;
}

/**
 * Refuses what answers on this configuration's ports when it is another home's stack, and none runs in this one.
 * @throws Error that names both homes
 */
export async function refuseOtherHome(config: Config): Promise<void> {
  if (config.externalTemporal || (await runningState(config)) !== null) return;
  const { temporal: port } = config.ports;
  const home = await homeOfServer(port);
  if (home !== null && home !== config.home)
    throw new Error(
      `The Temporal server on port ${port} is that of the local stack of ${home}, and in ${config.home} no stack runs: start one with ${programCommand('stack', '--ports', 'auto')}, or set MLOPS_HOME=${home}.`,
    );
}

/** The configuration with a free port for each part whose port is not set: the usual one, else any. */
export async function withFreePorts(config: Config): Promise<Config> {
  const { settings } = addressesOf(config);
  const chosen: Record<string, string> = {};
  for (const [variable, usual] of Object.entries(settings))
    if (variable.endsWith('_PORT') && filled(config.environment, variable) === undefined)
      chosen[variable] = String((await freePort(Number(usual))) ?? (await freePort(0)));
  return readConfig({ ...config.environment, ...chosen });
}

/** This port when nobody has it, `null` otherwise; 0 for any. */
function freePort(port: number): Promise<number | null> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', () => resolve(null));
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : null));
    });
  });
}
