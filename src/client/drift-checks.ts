import { type Client, type ScheduleDescription, type ScheduleHandle, ScheduleNotFoundError } from '@temporalio/client';
import { randomBytes } from 'node:crypto';
import { programCommand } from '../contracts/commands.js';
import type { MonitoringPolicy, Definition } from '../contracts/definition.js';
import type { CheckInput, CheckOutcome, ComparisonDetails } from '../contracts/monitoring.js';
import { CHECK_DRIFT, ownId, RETRAIN, driftSchedule, type Project } from '../contracts/names.js';
import { MINUTE_MS } from '../contracts/text.js';
import type { ArtifactStore } from '../store/artifacts.js';
import type { checkDrift } from '../workflows/check-drift.js';
import { resultOf, type Watch } from './patience.js';
import { runError } from './runs.js';

/** From one time to a later one. */
export interface TimeRange {
  from: Date;
  to: Date;
}

/** Windows of one backfill. */
const MOST_WINDOWS = 500;

/** Checks of a backfill that run side by side. */
const AT_ONCE = 4;

/** A schedule in the list of all. */
export interface ListedSchedule {
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
    everyMinutes: every === undefined ? null : every / MINUTE_MS,
    paused: state.paused,
    note: state.note ?? '',
    next: state.paused ? null : (info.nextActionTimes[0]?.toISOString() ?? null),
    last: info.recentActions.at(-1)?.takenAt.toISOString() ?? null,
    runs: info.numActionsTaken,
    missed: info.numActionsMissedCatchupWindow,
    skipped: info.numActionsSkippedOverlap,
  };
}

/** Has a schedule do nothing until it is resumed. @param because is shown with it */
export const pauseSchedule = (client: Client, taskQueue: string, id: string, because: string): Promise<void> =>
  ofSchedule(client, taskQueue, id, (handle) => handle.pause(because));

/** Lets a paused schedule go on. @param because is shown with it */
export const resumeSchedule = (client: Client, taskQueue: string, id: string, because: string): Promise<void> =>
  ofSchedule(client, taskQueue, id, (handle) => handle.unpause(because));

async function ofSchedule<T>(
  client: Client,
  taskQueue: string,
  id: string,
  use: (handle: ScheduleHandle) => Promise<T>,
): Promise<T> {
  try {
    return await use(client.schedule.getHandle(ownId(id, taskQueue)));
  } catch (error) {
    if (!(error instanceof ScheduleNotFoundError)) throw error;
    throw new Error(`There is no schedule ${id}; ${programCommand('schedules')} lists them.`, { cause: error });
  }
}

/**
 * Checks past windows of a schedule, some at a time, as runs of their own: the schedule's own backfill cannot be told from
 * checks that are late.
 * @throws Error when it is no drift check, or no window or too many of them end in the range
 */
export async function backfillSchedule(
  client: Client,
  taskQueue: string,
  schedule: string,
  range: TimeRange,
  watch: Watch,
): Promise<CheckOutcome[]> {
  const { scheduleId: id, action } = await ofSchedule(client, taskQueue, schedule, (handle) => handle.describe());
  if (action.workflowType !== CHECK_DRIFT)
    throw new Error(`${id} cannot be backfilled: only drift checks of the past have no effects.`);
  const [input] = action.args as [CheckInput];
  const ends = windowEnds(range, input.definition.monitoring);
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
  return outcomes;
}

/** Ends of the windows that a schedule would have checked in the range, first to last. */
function windowEnds({ from, to }: TimeRange, { everyMinutes, settleSeconds }: MonitoringPolicy): string[] {
  const every = everyMinutes * MINUTE_MS;
  const first = Math.ceil(from.getTime() / every) * every;
  const count = Math.max(0, Math.floor((to.getTime() - first) / every) + 1);
  if (count === 0) throw new Error(`No check was due in the range: it is shorter than ${everyMinutes} minutes.`);
  if (count > MOST_WINDOWS)
    throw new Error(`The range holds ${count} windows, more than ${MOST_WINDOWS}: backfill it in parts.`);
  return Array.from({ length: count }, (_, i) => new Date(first + i * every - settleSeconds * 1000).toISOString());
}

/** What a check looks at, and whether anything comes of it. */
interface CheckSpec {
  /** Length of the window; `null` for that of the definition. */
  windowMinutes: number | null;
  /** End of the window; `null` for now. */
  to: Date | null;
  /** Alerts and retrains as a scheduled check would; else it only looks. */
  act: boolean;
}

/** Runs one check now and waits for it. */
export async function runCheck(
  client: Client,
  project: Project,
  artifacts: ArtifactStore,
  definition: Definition,
  { windowMinutes, to, act }: CheckSpec,
  watch: Watch,
): Promise<{ outcome: CheckOutcome; details: ComparisonDetails }> {
  const { taskQueue, store } = project;
  const input: CheckInput = {
    store,
    definition,
    mode: act ? 'scheduled' : 'by-hand',
    to: to?.toISOString() ?? null,
    windowMinutes,
  };
  const handle = await client.workflow.start<typeof checkDrift>(CHECK_DRIFT, {
    workflowId: `${driftSchedule(definition)}-by-hand-${randomBytes(3).toString('hex')}`,
    taskQueue,
    args: [input],
    staticSummary: `Check ${definition.model} for drift, by hand`,
  });
  try {
    const outcome = await resultOf(handle, watch);
    const bytes = await artifacts.get(outcome.details);
    return { outcome, details: JSON.parse(new TextDecoder().decode(bytes)) as ComparisonDetails };
  } catch (error) {
    throw runError(error, handle.workflowId);
  }
}
