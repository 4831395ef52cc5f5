import {
  type Client,
  type ScheduleDescription,
  ScheduleNotFoundError,
  ScheduleOverlapPolicy,
} from '@temporalio/client';
import Table from 'cli-table3';
import { CHECK_DRIFT, RETRAIN } from '../contracts/pipeline.js';
import { readTime } from './times.js';

export interface ScheduleOptions {
  because?: string;
  from?: string;
  to?: string;
  json?: true;
}

/** More windows than this at once would fill the schedule's buffer and be dropped. */
const MOST_WINDOWS = 500;

const MINUTE = 60_000;

interface ListedSchedule {
  id: string;
  what: 'drift check' | 'retraining';
  everyMinutes: number | null;
  paused: boolean;
  note: string;
  /** ISO 8601, UTC; `null` for none. */
  next: string | null;
  last: string | null;
  runs: number;
  missed: number;
  skipped: number;
}

/** Schedules of this project, by id. */
export async function listSchedules(client: Client): Promise<ListedSchedule[]> {
  const found: ListedSchedule[] = [];
  for await (const { scheduleId, action } of client.schedule.list()) {
    const type = action?.workflowType;
    if (type === CHECK_DRIFT || type === RETRAIN)
      found.push(listed(await client.schedule.getHandle(scheduleId).describe(), type));
  }
  return found.sort((a, b) => (a.id < b.id ? -1 : 1));
}

function listed({ scheduleId, spec, state, info }: ScheduleDescription, type: string): ListedSchedule {
  const every = spec.intervals?.[0]?.every;
  return {
    id: scheduleId,
    what: type === CHECK_DRIFT ? 'drift check' : 'retraining',
    everyMinutes: every === undefined ? null : every / MINUTE,
    paused: state.paused,
    note: state.note ?? '',
    next: state.paused ? null : (info.nextActionTimes[0]?.toISOString() ?? null),
    last: info.recentActions.at(-1)?.takenAt.toISOString() ?? null,
    runs: info.numActionsTaken,
    missed: info.numActionsMissedCatchupWindow,
    skipped: info.numActionsSkippedOverlap,
  };
}

export function schedulesTable(schedules: ListedSchedule[]): string {
  if (schedules.length === 0) return 'Nothing is scheduled yet; a pipeline that deploys a model schedules its checks.';
  const table = new Table({
    head: ['schedule', 'what', 'every', 'next (UTC)', 'last (UTC)', 'runs', 'state'],
    style: { head: [], border: [], compact: true },
  });
  for (const one of schedules)
    table.push([
      one.id,
      one.what,
      one.everyMinutes === null ? 'when asked' : `${one.everyMinutes} min`,
      minute(one.next),
      minute(one.last),
      one.runs,
      one.paused ? `paused${one.note === '' ? '' : `: ${one.note}`}` : 'active',
    ]);
  return table.toString();
}

const minute = (time: string | null) => time?.slice(0, 16).replace('T', ' ') ?? '-';

/** Does to a schedule what a person asks for, and says what it did. */
export async function changeSchedule(
  client: Client,
  action: string,
  id: string | undefined,
  options: ScheduleOptions,
): Promise<string> {
  if (id === undefined) throw new Error(`Name the schedule to ${action}; npm run schedules lists them.`);
  const handle = client.schedule.getHandle(id);
  try {
    const { action: does } = await handle.describe();
    switch (action) {
      case 'pause':
        await handle.pause(options.because ?? 'paused by hand');
        return `${id} is paused; npm run schedules -- resume ${id} lets it go on.`;
      case 'resume':
        await handle.unpause(options.because ?? 'resumed by hand');
        return `${id} is active again.`;
      case 'backfill': {
        if (does.workflowType !== CHECK_DRIFT)
          throw new Error(`${id} cannot be backfilled: only drift checks of the past have no effects.`);
        const every = (await handle.describe()).spec.intervals?.[0]?.every ?? MINUTE;
        const { start, end, windows } = rangeOf(options, every);
        await handle.backfill({ start, end, overlap: ScheduleOverlapPolicy.BUFFER_ALL });
        return `${id} checks ${windows} windows of the past one after the other; they only look, and their reports say backfill.`;
      }
      default:
        throw new Error(`schedules cannot ${action}: it can pause, resume or backfill one.`);
    }
  } catch (error) {
    if (!(error instanceof ScheduleNotFoundError)) throw error;
    throw new Error(`There is no schedule ${id}; npm run schedules lists them.`, { cause: error });
  }
}

function rangeOf({ from, to }: ScheduleOptions, every: number) {
  if (from === undefined || to === undefined)
    throw new Error('A backfill needs --from and --to, like --from 2026-11-20T00:00Z --to 2026-11-21T00:00Z.');
  const [start, end] = [readTime('--from', from), readTime('--to', to)];
  if (start >= end) throw new Error('--from is not before --to.');
  if (end.getTime() > Date.now()) throw new Error('--to is in the future: only past windows can be backfilled.');
  const windows = Math.ceil((end.getTime() - start.getTime()) / every);
  if (windows > MOST_WINDOWS)
    throw new Error(`The range holds ${windows} windows, more than ${MOST_WINDOWS}: backfill it in parts.`);
  return { start, end, windows };
}
