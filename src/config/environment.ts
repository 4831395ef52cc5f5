import { existsSync } from 'node:fs';
import { withNpmScripts } from '../contracts/commands.js';

/** What a program finds in its environment. */
export type Environment = NodeJS.ProcessEnv;

/** Whether this is the project, whose scripts start commands; an installed package and an image have only the program. */
const HAS_SCRIPTS = existsSync(new URL('../../scripts/cli.mjs', import.meta.url));

/** A text with its commands as people type them where this program is. */
export const asTyped = (text: string, hasScripts = HAS_SCRIPTS): string => (hasScripts ? withNpmScripts(text) : text);

/** Value of a variable, `undefined` when it is missing or blank. */
export function filled(env: Environment, name: string): string | undefined {
  const value = env[name]?.trim();
  return value === '' ? undefined : value;
}

/** A port; the fallback when none is given. @throws Error for anything but a whole number from 1 to 65535 */
export function portOf<T>(env: Environment, name: string, fallback: T): number | T {
  const text = filled(env, name);
  if (text === undefined) return fallback;
  const port = Number(text);
  if (!Number.isInteger(port) || port < 1 || port > 65_535)
    throw new Error(`${name} is not a port: give a whole number from 1 to 65535.`);
  return port;
}

/** One of these words, in any case; `undefined` when none is given. @throws Error that names the words */
export function oneOf<T extends string>(env: Environment, name: string, words: readonly T[]): T | undefined {
  const text = filled(env, name)?.toLowerCase();
  if (text === undefined) return undefined;
  const word = words.find((known) => known === text);
  if (word === undefined) throw new Error(`${name} is none of ${words.join(', ')}: choose one of these.`);
  return word;
}

/**
 * The http: or https: address of a server. It is printed, linked and put into messages, so it holds no user, no password,
 * no query and no fragment.
 * @param name the variable
 * @param otherwise the rests of sentences about another scheme, and about a user or a password
 * @throws Error with the variable and the remedy, never with the value
 */
export function serverUrl(name: string, text: string, otherwise: { scheme: string; credentials: string }): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !/^https?:$/.test(url.protocol)) throw new Error(`${name} ${otherwise.scheme}.`);
  if (url.username !== '' || url.password !== '')
    throw new Error(`${name} has a user name or password in it${otherwise.credentials}.`);
  if (url.search !== '' || url.hash !== '')
    throw new Error(`${name} has a query or a fragment in it: give the address of the server alone.`);
  return url;
}

/**
 * The {@link serverUrl} that a variable holds, without `/` at its end; `undefined` when it is blank.
 * @param example what a right one looks like
 */
export function webAddress(env: Environment, name: string, example: string): string | undefined {
  const text = filled(env, name);
  if (text === undefined) return undefined;
  const url = serverUrl(name, text, {
    scheme: `is not an http: or https: address: give one like ${example}`,
    credentials: ', which would be printed: give the address without',
  });
  return url.href.replace(/\/+$/, '');
}

/** What AWS's own variables say of a service's endpoint, `null` for AWS. */
export const awsEndpoint = (env: Environment, service: 'S3' | 'KMS' | 'STS'): string | null =>
  webAddress(env, `AWS_ENDPOINT_URL_${service}`, 'http://127.0.0.1:4566') ??
  webAddress(env, 'AWS_ENDPOINT_URL', 'http://127.0.0.1:4566') ??
  null;

/** Set by `scripts/build.mjs` at the top of every file that it makes. */
declare const buildFolder: string | undefined;

/** Folder of the build that this program runs from; `null` where it runs from its sources, or compiled file by file. */
export const BUILD_FOLDER: string | null = typeof buildFolder === 'undefined' ? null : buildFolder;
