import type { Client } from '@temporalio/client';
import { withClient } from '../../client/connect.js';
import {
  backfillSchedule,
  type ListedSchedule,
  listSchedules,
  pauseSchedule,
  resumeSchedule,
  type TimeRange,
} from '../../client/drift-checks.js';
import { watchOf } from '../../client/run-status.js';
import type { Config } from '../../config/config.js';
import type { CheckOutcome } from '../../contracts/monitoring.js';
import { lineFault, printableAll, minuteText } from '../../contracts/text.js';
import { newCommand, readPastTime, readTime } from '../command-table.js';
import { print, typedCommand } from '../output.js';
import { run } from '../run-command.js';
import { tableOf } from '../text/tables.js';

interface Options {
  because?: string;
  from?: string;
  to?: string;
  json?: true;
}

export const command = newCommand('schedules')
  .description('drift checks and retrainings that are scheduled; pause, resume or backfill one')
  .argument('[action]', 'pause, resume or backfill; lists them without')
  .argument('[schedule]', 'its id')
  .option('--because <reason>', 'why, for those who find it paused')
  .option('--from <time>', 'backfill: start of the past range')
  .option('--to <time>', 'backfill: end of the past range')
  .option('--json', 'print JSON')
  .action(run(schedules, { bucket: false }));

function schedules(config: Config, action: string | undefined, id: string | undefined, options: Options) {
  return withClient(
    config,
    async (client) => {
      if (action !== undefined) print(await change(config, client, action, id, options));
      else {
        const found = await listSchedules(client, config.taskQueue);
        print(options.json ? JSON.stringify(found) : schedulesTable(printableAll(found)));
      }
      return 0;
    },
    { startsRuns: action === 'backfill' },
  );
}

/** Does to a schedule what a person asks for, and says what it did. */
async function change(
  config: Config,
  client: Client,
  action: string,
  id: string | undefined,
  { because, from, to }: Options,
): Promise<string> {
  if (id === undefined) throw new Error(`Name the schedule to ${action}; ${typedCommand('schedules')} lists them.`);
  const fault = lineFault('--because', because ?? '');
  if (fault !== null) throw new Error(fault);
  const { taskQueue } = config;
  switch (action) {
    case 'pause':
      await pauseSchedule(client, taskQueue, id, because ?? 'paused by hand');
      return `${id} is paused; ${typedCommand('schedules', 'resume', id)} lets it go on.`;
    case 'resume':
      await resumeSchedule(client, taskQueue, id, because ?? 'resumed by hand');
      return `${id} is active again.`;
    case 'backfill': {
      const watch = watchOf(config, client, true);
      const outcomes = await backfillSchedule(client, taskQueue, id, readRange(from, to), watch);
      return backfillTable(printableAll(outcomes));
    }
    default:
      throw new Error(`schedules cannot ${action}: it can pause, resume or backfill one.`);
  }
}

function readRange(from: string | undefined, to: string | undefined): TimeRange {
  if (from === undefined || to === undefined)
    throw new Error('A backfill needs --from and --to, like --from 2026-11-20T00:00Z --to 2026-11-21T00:00Z.');
  const range = { from: readTime('--from', from), to: readPastTime('--to', to) };
  if (range.from >= range.to) throw new Error('--from is not before --to.');
  return range;
}

function schedulesTable(schedules: ListedSchedule[]): string {
  if (schedules.length === 0) return 'Nothing is scheduled yet; a pipeline that deploys a model schedules its checks.';
  const table = tableOf(['schedule', 'what', 'every', 'next (UTC)', 'last (UTC)', 'runs', 'state']);
  for (const one of schedules)
    table.push([
      one.id,
      one.what,
      one.everyMinutes === null ? 'when asked' : `${one.everyMinutes} min`,
      one.next === null ? '-' : minuteText(one.next),
      one.last === null ? '-' : minuteText(one.last),
      one.runs,
      one.paused ? `paused${one.note === '' ? '' : `: ${one.note}`}` : 'active',
    ]);
  return table.toString();
}

function backfillTable(outcomes: CheckOutcome[]): string {
  const table = tableOf(['window ends (UTC)', 'rows', 'refused', 'found', 'columns', 'report']);
  for (const { entry, report } of outcomes)
    table.push([
      minuteText(entry.window.to),
      entry.rows,
      entry.requests.refused,
      entry.drift,
      entry.driftedColumns.join(', '),
      report?.html ?? '-',
    ]);
  return `${table.toString()}\nChecked ${outcomes.length} windows of the past; checks of the past only look.`;
}
