import { patiently } from '../../client/patience.js';
import { prune } from '../../client/captures.js';
import { openCapture, openReportObjects } from '../../compose/composition.js';
import type { Config } from '../../config/config.js';
import { LEFT_ON_AWS, newCommand, readDuration } from '../command-table.js';
import { print } from '../output.js';
import { run } from '../run-command.js';
import { counted, MINUTE_MS } from '../../contracts/text.js';

interface Options {
  captures?: string;
  reports?: string;
}

export const command = newCommand('prune')
  .description('remove what is older than told; models, registry and monitoring log stay')
  .option('--captures <age>', 'captured predictions and labels, like 90d')
  .option('--reports <age>', 'reports of training runs and checks, like 365d')
  .action(run(act, { writes: true }));

async function act(config: Config, options: Options): Promise<number> {
  const before = timesOf(options, new Date());
  const places = { capture: openCapture(config), reports: openReportObjects(config) };
  print(prunedText(await patiently(config.captureUri, prune(places, before))));
  if (config.captureUri.startsWith('s3:')) print(LEFT_ON_AWS);
  return 0;
}

/** What is older than told, by the time before which it was written; `null` for what was not named. */
export function timesOf(options: Options, now: Date): Parameters<typeof prune>[1] {
  if (options.captures === undefined && options.reports === undefined)
    throw new Error('Nothing is named to be removed: give --captures or --reports, each with an age like 90d.');
  const before = (option: string, age: string | undefined) =>
    age === undefined ? null : new Date(now.getTime() - readDuration(option, age) * MINUTE_MS);
  return { captures: before('--captures', options.captures), reports: before('--reports', options.reports) };
}

/** What was removed, a sentence each. */
export function prunedText({ captures, reports }: Awaited<ReturnType<typeof prune>>): string {
  return [
    captures === null
      ? ''
      : `Removed ${counted(captures, 'file')} of captured predictions and labels of whole days before that.`,
    reports === null ? '' : `Removed ${counted(reports, 'file')} of reports.`,
  ]
    .filter((sentence) => sentence !== '')
    .join('\n');
}
