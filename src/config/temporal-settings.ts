import { type ClientConnectConfig, loadClientConnectConfig } from '@temporalio/envconfig';
import { type Environment, filled } from './environment.js';

/** Variables that name a Temporal server, or a file or its part that does. */
const NAMES_A_SERVER = ['TEMPORAL_ADDRESS', 'TEMPORAL_PROFILE', 'TEMPORAL_CONFIG_FILE'];

export interface TemporalSettings {
  /** `TEMPORAL_ADDRESS` or a profile of Temporal's own configuration names the server: never start one. */
  external: boolean;
  connect: ClientConnectConfig;
}

/**
 * The server of Temporal's own variables and files, or the one of the local stack.
 * @throws Error with the remedy when a file that they name cannot be read
 */
export function temporalSettings(env: Environment, localPort: number): TemporalSettings {
  if (NAMES_A_SERVER.every((name) => filled(env, name) === undefined))
    return {
      external: false,
      connect: { connectionOptions: { address: `127.0.0.1:${localPort}` }, namespace: 'default' },
    };
  try {
    return { external: true, connect: loadClientConnectConfig({ overrideEnvVars: filledOnly(env) }) };
  } catch (cause) {
    if (!(cause instanceof Error)) throw cause;
    const { code, path = '' } = cause as NodeJS.ErrnoException;
    if (code === undefined)
      throw new Error(`The settings of Temporal cannot be used: ${withoutEnd(cause.message)}.`, { cause });
    throw new Error(
      `The file ${path} cannot be read (${code}): check the TEMPORAL_TLS_ variables that end in _PATH and TEMPORAL_CONFIG_FILE.`,
      { cause },
    );
  }
}

/** Compose files pass on what is not set as a blank. */
const filledOnly = (env: Environment): Record<string, string> =>
  Object.fromEntries(
    Object.keys(env).flatMap((name) => {
      const value = filled(env, name);
      return value === undefined ? [] : [[name, value]];
    }),
  );

const withoutEnd = (message: string) => message.replace(/\.$/, '');
