import type { Command } from 'commander';
import { type Config, readConfig } from '../config/config.js';
import { asTheStack } from '../local/addresses.js';
import { checkBucket, checkHome, settleBucket, settleHome } from '../store/home-format.js';
import { closeHome, makeFilesForOwner } from '../store/owner-only.js';
import { plainly } from './errors.js';
import { note } from './output.js';

/** Commands that serve until they are ended. */
const SERVERS = ['stack', 'worker', 'codec-server', 'lambda-endpoint'];

/** Commands that are the stack, or end it, rather than use it. */
const OF_THE_STACK = [...SERVERS, 'stop'];

/** Commands that look into no home. */
const WITHOUT_HOME = ['stop'];

/** Commands that look into no bucket, or wait for it by themselves. */
const WITHOUT_BUCKET = [
  'stop',
  'status',
  'cancel',
  'schedules',
  'predict',
  'worker',
  'codec-server',
  'lambda-endpoint',
];

/** Commands that may be the first to write, besides those that start or ask for a run. */
const WRITERS = ['models write-off', 'approvers add', 'approvers remove', 'feedback', 'forget', 'prune'];

/** Runs a command with the configuration, sets its exit code, and tells a failure in one sentence. */
export function run<A extends unknown[]>(command: (config: Config, ...args: A) => Promise<number>) {
  return async (...args: A): Promise<void> => {
    try {
      makeFilesForOwner();
      const name = nameOf(args.at(-1));
      const given = readConfig();
      const config = OF_THE_STACK.includes(name) ? given : await asTheStack(given);
      const writes = WRITERS.includes(name);
      if (!WITHOUT_HOME.includes(name)) await (writes ? settleHome : checkHome)(config.home, config.codeVersion);
      if (!WITHOUT_BUCKET.includes(name)) await checkStorage(config, writes);
      await closeHome(config.home);
      if (config.learners.length > 0) await (await import('../compose/load-learners.js')).loadLearners(config.learners);
      process.exitCode = await traced(config, name, () => command(config, ...args));
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

/** In a span of the command's name where traces go somewhere; those that serve have none. */
async function traced<T>(config: Config, name: string, act: () => Promise<T>): Promise<T> {
  const { traces } = config.telemetry;
  if (traces === null || SERVERS.includes(name)) return act();
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
