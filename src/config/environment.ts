/** What a program finds in its environment. */
export type Environment = NodeJS.ProcessEnv;

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
