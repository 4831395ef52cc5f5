import { type Client, type ScheduleDescription, ScheduleNotFoundError } from '@temporalio/client';
import Table from 'cli-table3';
import type { CheckInput, CheckOutcome } from '../contracts/monitoring.js';
import type { MonitoringPolicy } from '../contracts/monitoring-policy.js';
import { lineFault, printableAll } from '../contracts/printable.js';
import { CHECK_DRIFT, ownId, RETRAIN } from '../contracts/pipeline.js';
import { minuteText } from '../contracts/time.js';
import type { checkDrift } from '../workflows/check-drift.js';
import { resultOf } from '../client/patience.js';
import type { Watch } from './watch-run.js';
import { readPastTime, readTime } from './times.js';

export interface ScheduleOptions {
  because?: string;
  from?: string;
  to?: string;
  json?: true;
}

/** Windows of one backfill. */
const MOST_WINDOWS = 500;

/** Checks of a backfill that run side by side. */
const AT_ONCE = 4;

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

/** Schedules of one project, by id without its task queue. */
export async function listSchedules(client: Client, taskQueue: string): Promise<ListedSchedule[]> {
  const found: ListedSchedule[] = [];
  const seen = new Set<string>();
  for await (const { scheduleId, action } of client.schedule.list()) {
    if (seen.has(scheduleId)) throw new Error('Temporal lists the same schedules again and again; check its server.');
    seen.add(scheduleId);
    const type = action?.workflowType;
    const own = scheduleId.endsWith(ownId('', taskQueue));
    if (own && (type === CHECK_DRIFT || type === RETRAIN)) {
      const described = await client.schedule.getHandle(scheduleId).describe();
      found.push({ id: scheduleId.slice(0, -ownId('', taskQueue).length), ...listed(described, type) });
    }
  }
  return found.sort((a, b) => (a.id < b.id ? -1 : 1));
}

function listed({ spec, state, info }: ScheduleDescription, type: string): Omit<ListedSchedule, 'id'> {
  const every = spec.intervals?.[0]?.every;
  return {
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

const minute = (time: string | null) => (time === null ? '-' : minuteText(time));

/** Does to a schedule what a person asks for, and says what it did. */
export async function changeSchedule(
  client: Client,
  taskQueue: string,
  action: string,
  id: string | undefined,
  options: ScheduleOptions,
  watch: Watch,
): Promise<string> {
  if (id === undefined) throw new Error(`Name the schedule to ${action}; npm run schedules lists them.`);
  const fault = lineFault('--because', options.because ?? '');
  if (fault !== null) throw new Error(fault);
  const handle = client.schedule.getHandle(ownId(id, taskQueue));
  try {
    switch (action) {
      case 'pause':
        await handle.pause(options.because ?? 'paused by hand');
        return `${id} is paused; npm run schedules -- resume ${id} lets it go on.`;
      case 'resume':
        await handle.unpause(options.because ?? 'resumed by hand');
        return `${id} is active again.`;
      case 'backfill':
        return await backfill(client, taskQueue, await handle.describe(), options, watch);
      default:
        throw new Error(`schedules cannot ${action}: it can pause, resume or backfill one.`);
    }
  } catch (error) {
    if (!(error instanceof ScheduleNotFoundError)) throw error;
    throw new Error(`There is no schedule ${id}; npm run schedules lists them.`, { cause: error });
  }
}

/**
 * Checks past windows of a schedule, some at a time, as runs of their own: the schedule's own backfill cannot be told from
 * checks that are late.
 */
async function backfill(
  client: Client,
  taskQueue: string,
  schedule: ScheduleDescription,
  options: ScheduleOptions,
  watch: Watch,
): Promise<string> {
  const { scheduleId: id, action } = schedule;
  if (action.workflowType !== CHECK_DRIFT)
    throw new Error(`${id} cannot be backfilled: only drift checks of the past have no effects.`);
  const [input] = action.args as [CheckInput];
  const ends = windowEnds(options, input.definition.monitoring);
  const outcomes: CheckOutcome[] = [];
  for (let from = 0; from < ends.length; from += AT_ONCE) {
    const checks = ends.slice(from, from + AT_ONCE).map(async (to) => {
      const handle = await client.workflow.start<typeof checkDrift>(CHECK_DRIFT, {
        workflowId: `${id}-backfill-${to}`,
        taskQueue,
        args: [{ ...input, mode: 'backfill', to }],
        workflowIdConflictPolicy: 'USE_EXISTING',
        staticSummary: `Check ${input.definition.model} for drift, up to ${to}`,
      });
      return resultOf(handle, watch);
    });
    outcomes.push(...(await Promise.all(checks)));
  }
  return backfillTable(printableAll(outcomes));
}

/** Ends of the windows that a schedule would have checked in the range, first to last. */
function windowEnds({ from, to }: ScheduleOptions, { everyMinutes, settleSeconds }: MonitoringPolicy): string[] {
  if (from === undefined || to === undefined)
    throw new Error('A backfill needs --from and --to, like --from 2026-11-20T00:00Z --to 2026-11-21T00:00Z.');
  const [start, end] = [readTime('--from', from).getTime(), readPastTime('--to', to).getTime()];
  if (start >= end) throw new Error('--from is not before --to.');
  const every = everyMinutes * MINUTE;
  const first = Math.ceil(start / every) * every;
  const due = Array.from({ length: Math.max(0, Math.floor((end - first) / every) + 1) }, (_, i) => first + i * every);
  if (due.length === 0) throw new Error(`No check was due in the range: it is shorter than ${everyMinutes} minutes.`);
  if (due.length > MOST_WINDOWS)
    throw new Error(`The range holds ${due.length} windows, more than ${MOST_WINDOWS}: backfill it in parts.`);
  return due.map((time) => new Date(time - settleSeconds * 1000).toISOString());
}

function backfillTable(outcomes: CheckOutcome[]): string {
  const table = new Table({
    head: ['window ends (UTC)', 'rows', 'refused', 'found', 'columns', 'report'],
    style: { head: [], border: [], compact: true },
  });
  for (const { entry, report } of outcomes)
    table.push([
      minute(entry.window.to),
      entry.rows,
      entry.requests?.refused ?? '-',
      entry.drift,
      entry.driftedColumns.join(', '),
      report?.html ?? '-',
    ]);
  return `${table.toString()}\nChecked ${outcomes.length} windows of the past; checks of the past only look.`;
}
