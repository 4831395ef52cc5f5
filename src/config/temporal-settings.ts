import { type ClientConnectConfig, loadClientConnectConfig } from '@temporalio/envconfig';
import { type CodecKeys, KEY_BYTES, KEY_ID } from '../vendors/temporal/codec/keys.js';
import { type Environment, filled, oneOf, portOf, awsEndpoint } from './environment.js';

/** Variables that name a Temporal server, or a file or its part that does. */
const NAMES_A_SERVER = ['TEMPORAL_ADDRESS', 'TEMPORAL_PROFILE', 'TEMPORAL_CONFIG_FILE'];

interface TemporalSettings {
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

/** How payloads are encrypted, and where the codec server decrypts them for the Web UI. */
export interface CodecSettings extends CodecKeys {
  server: { host: string; port: number };
}

const DEFAULT_PORT = 9235;

/** By `MLOPS_CODEC_KEYS` or `MLOPS_CODEC_KMS_KEYS`, and `MLOPS_CODEC_REQUIRED`. @throws Error with variable, place and remedy, never with a key */
export function codecSettings(env: Environment): CodecSettings {
  const keys = entries(env, 'MLOPS_CODEC_KEYS').map(({ id, bytes, place }) => {
    if (bytes.length !== KEY_BYTES)
      throw new Error(`${place} has ${bytes.length} bytes: give ${KEY_BYTES}, as openssl rand -base64 32 makes them.`);
    return { id, key: bytes };
  });
  const kmsKeys = entries(env, 'MLOPS_CODEC_KMS_KEYS').map(({ id, bytes }) => ({ id, ciphertext: bytes }));
  if (keys.length > 0 && kmsKeys.length > 0)
    throw new Error('MLOPS_CODEC_KEYS and MLOPS_CODEC_KMS_KEYS are both set: give all keys in one of them.');
  const required = oneOf(env, 'MLOPS_CODEC_REQUIRED', ['true', 'false']) === 'true';
  if (required && keys.length + kmsKeys.length === 0)
    throw new Error(
      'MLOPS_CODEC_REQUIRED is true, but there is no key: set MLOPS_CODEC_KEYS or MLOPS_CODEC_KMS_KEYS as the others have it, or leave it out.',
    );
  return {
    keys,
    kmsKeys,
    required,
    kms: {
      region: filled(env, 'AWS_REGION') ?? null,
      endpoint: awsEndpoint(env, 'KMS'),
    },
    server: {
      host: filled(env, 'MLOPS_CODEC_HOST') ?? '127.0.0.1',
      port: portOf(env, 'MLOPS_CODEC_PORT', DEFAULT_PORT),
    },
  };
}

const BASE64 = /^(?:[A-Za-z0-9+/]{4})+(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** `id:base64,id2:base64`, an error names the place by number: what stands there may be a key. */
function entries(env: Environment, variable: string): { id: string; bytes: Uint8Array; place: string }[] {
  const text = filled(env, variable);
  if (text === undefined) return [];
  const ids = new Set<string>();
  return text.split(',').map((entry, index) => {
    const place = `Key ${index + 1} of ${variable}`;
    const [id = '', encoded = '', ...more] = entry.trim().split(':');
    if (more.length > 0 || encoded === '') throw new Error(`${place} is not id:base64: give both, with one colon.`);
    if (!KEY_ID.test(id))
      throw new Error(`${place} has no valid id: use 1 to 64 letters, digits, dots, underscores and hyphens.`);
    if (ids.has(id)) throw new Error(`${place} has the id of a key before it: give every key an id of its own.`);
    if (!BASE64.test(encoded)) throw new Error(`${place} is not base64: give its bytes as openssl base64 -A does.`);
    ids.add(id);
    return { id, bytes: Buffer.from(encoded, 'base64'), place };
  });
}
