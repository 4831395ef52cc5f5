import type { Config } from '../config/config.js';
import type { DriftCheckOptions } from './drift-check.js';
import { printableAll } from '../contracts/printable.js';
import { patiently, registryOf } from '../client/patience.js';
import { print } from './output.js';
import type { ForgetOptions, PruneOptions } from './retention.js';
import type { ScheduleOptions } from './schedules.js';
import { withClient } from './with-client.js';

/** Commands load what they need when they run, see `commands.ts`. */

export async function driftCheck(config: Config, options: DriftCheckOptions): Promise<number> {
  const { loadDefinition } = await import('../definition/definition.js');
  const definition = await loadDefinition(options.definition, options.set);
  const { openStore } = await import('../compose/composition.js');
  const { openProject } = await import('../compose/project.js');
  const { watchOf } = await import('./watch-run.js');
  const { describeCheck, runCheck } = await import('./drift-check.js');
  return withClient(config, async (client) => {
    const project = await openProject(config);
    const { outcome, details } = await runCheck(
      ...[client, project, openStore(config), definition, options, watchOf(config, client, true)],
    );
    print(
      options.json
        ? JSON.stringify({ ...outcome, details })
        : describeCheck(printableAll(outcome), printableAll(details)),
    );
    return 0;
  });
}

export async function schedules(
  config: Config,
  action: string | undefined,
  id: string | undefined,
  options: ScheduleOptions,
): Promise<number> {
  const { watchOf } = await import('./watch-run.js');
  const { changeSchedule, listSchedules, schedulesTable } = await import('./schedules.js');
  return withClient(config, async (client) => {
    if (action !== undefined)
      print(await changeSchedule(client, config.taskQueue, action, id, options, watchOf(config, client, true)));
    else {
      const found = await listSchedules(client, config.taskQueue);
      print(options.json ? JSON.stringify(found) : schedulesTable(printableAll(found)));
    }
    return 0;
  });
}

export interface FeedbackOptions {
  file: string;
  definition: string;
  set: string[];
}

export async function feedback(config: Config, options: FeedbackOptions): Promise<number> {
  const { giveFeedback } = await import('./feedback.js');
  const { openCapture } = await import('../compose/composition.js');
  const { loadDefinition } = await import('../definition/definition.js');
  const definition = await loadDefinition(options.definition, options.set);
  print(await patiently(config.captureUri, giveFeedback(openCapture(config), definition, options.file)));
  return 0;
}

export async function forget(config: Config, options: ForgetOptions): Promise<number> {
  const { forget: forgetIn, LEFT_ON_AWS } = await import('./retention.js');
  const { openCapture, openRegistry } = await import('../compose/composition.js');
  const places = { capture: openCapture(config), registry: openRegistry(config) };
  print(await patiently(`${config.captureUri} and ${registryOf(config)}`, forgetIn(places, options)));
  if (config.captureUri.startsWith('s3:')) print(LEFT_ON_AWS);
  return 0;
}

export async function prune(config: Config, options: PruneOptions): Promise<number> {
  const { LEFT_ON_AWS, prune: pruneIn } = await import('./retention.js');
  const { openCapture } = await import('../compose/composition.js');
  const reports = config.storage.base === null ? config.reports : null;
  const places = { capture: openCapture(config), reports, now: new Date() };
  print(await patiently(config.captureUri, pruneIn(places, options)));
  if (config.captureUri.startsWith('s3:')) print(LEFT_ON_AWS);
  return 0;
}
