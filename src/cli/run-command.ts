import type { Command } from 'commander';
import { type Config, readConfig } from '../config/config.js';
import { asTheStack } from '../local/addresses.js';
import { checkBucket, checkHome, settleBucket, settleHome, closeHome, makeFilesForOwner } from '../store/home.js';
import { plainly } from '../contracts/text.js';
import { note } from './output.js';

/** What a command needs besides its configuration. */
export interface Needs {
  /** Serves until it is ended: a part of the stack, or like one. */
  serves?: boolean;
  /** Ends the stack rather than uses it: addresses are as configured, wherever the stack of this home listens. */
  ofStack?: boolean;
  /** May be the first to write, besides those that start or ask for a run. */
  writes?: boolean;
  /** `false` for one that looks into no home. */
  home?: boolean;
  /** `false` for one that looks into no bucket, or waits for it by itself. */
  bucket?: boolean;
}

/** Runs a command with the configuration, sets its exit code, and tells a failure in one sentence. */
export function run<A extends unknown[]>(
  command: (config: Config, ...args: A) => Promise<number>,
  { serves = false, ofStack = serves, writes = false, home = true, bucket = true }: Needs = {},
) {
  return async (...args: A): Promise<void> => {
    try {
      makeFilesForOwner();
      const given = readConfig();
      const config = ofStack ? given : await asTheStack(given);
      if (home) await (writes ? settleHome : checkHome)(config.home, config.codeVersion);
      if (bucket) await checkStorage(config, writes);
      await closeHome(config.home);
      if (config.learners.length > 0) await (await import('../compose/load-learners.js')).loadLearners(config.learners);
      const act = () => command(config, ...args);
      process.exitCode = await (serves ? act() : traced(config, nameOf(args.at(-1)), act));
    } catch (error) {
      note(plainly(error));
      process.exitCode = 1;
    }
  };
}

/** The same of the bucket with everything in it, where there is one. */
async function checkStorage(config: Config, writes: boolean): Promise<void> {
  if (config.storage.base === null) return;
  const [{ openBucket }, { patiently }] = await Promise.all([
    import('../compose/composition.js'),
    import('../client/patience.js'),
  ]);
  const { uri, objects } = openBucket(config)!;
  const settled: Promise<unknown> = (writes ? settleBucket : checkBucket)(uri, objects, config.codeVersion);
  await patiently(`the bucket ${uri}`, settled);
}

/** In a span of the command's name where traces go somewhere. */
async function traced<T>(config: Config, name: string, act: () => Promise<T>): Promise<T> {
  const { traces } = config.telemetry;
  if (traces === null) return act();
  const { startTracing } = await import('../telemetry/tracing.js');
  const tracing = startTracing(traces, note);
  try {
    return await tracing.within(name, act);
  } finally {
    await tracing.close();
  }
}

/** Commander hands an action its command at last; that of a group has the group's name before its own. */
function nameOf(command: unknown): string {
  const names: string[] = [];
  for (let of = command as Command; of.parent !== null; of = of.parent) names.unshift(of.name());
  return names.join(' ');
}

/** When a signal asks the process to end. */
export const signalled = () =>
  new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
