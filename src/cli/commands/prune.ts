import { pruneCapture } from '../../capture/retention.js';
import type { Objects } from '../../store/objects.js';
import { patiently } from '../../client/patience.js';
import { pruneReports } from '../../client/retention.js';
import { openCapture, openReportObjects } from '../../compose/composition.js';
import type { Config } from '../../config/config.js';
import { LEFT_ON_AWS, newCommand } from '../command-table.js';
import { print } from '../output.js';
import { run } from '../run-command.js';
import { readDuration } from '../text/tables.js';
import { counted } from '../../contracts/text.js';

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
  const reports = config.storage.base === null ? openReportObjects(config) : null;
  const places = { capture: openCapture(config), reports, now: new Date() };
  print(await patiently(config.captureUri, prune(places, options)));
  if (config.captureUri.startsWith('s3:')) print(LEFT_ON_AWS);
  return 0;
}

/** Where things are that get old; `reports` is `null` where they are not in files. */
interface Prunable {
  capture: Objects;
  reports: Objects | null;
  now: Date;
}

/** Removes captures, labels and reports that are older than told. @returns what was removed, a sentence each */
export async function prune({ capture, reports, now }: Prunable, options: Options): Promise<string> {
  if (options.captures === undefined && options.reports === undefined)
    throw new Error('Nothing is named to be removed: give --captures or --reports, each with an age like 90d.');
  if (options.reports !== undefined && reports === null)
    throw new Error('Reports are in a bucket, whose own rule removes them: set report_retention_days in Terraform.');
  const before = (option: string, age: string | undefined) =>
    age === undefined ? null : new Date(now.getTime() - readDuration(option, age) * 60_000);
  // All of it is read before anything is removed.
  const [captured, reported] = [before('--captures', options.captures), before('--reports', options.reports)];
  const said: string[] = [];
  if (captured !== null) {
    const files = counted(await pruneCapture(capture, captured), 'file');
    said.push(`Removed ${files} of captured predictions and labels of whole days before that.`);
  }
  if (reported !== null && reports !== null)
    said.push(`Removed ${counted(await pruneReports(reports, reported), 'file')} of reports.`);
  return said.join('\n');
}
