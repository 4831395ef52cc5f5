import { appendFileSync } from 'node:fs';
import { Context } from '@temporalio/activity';
import type { Activities } from '../../src/activities/index.js';
import { readConfig } from '../../src/config/config.js';
import { runWorker } from '../../src/worker/run-worker.js';

/** Where runs of a model stop and wait, the first time they come there: right before or right after the real activity. */
export interface Hold {
  model: string;
  activity: keyof Activities;
  at: 'before' | 'after';
  /** Waits on even when the activity is cancelled. */
  stubborn?: true;
}

/** One line of the log: an attempt of an activity began or gave its result. */
export interface Watched {
  workflowId: string;
  activityId: string;
  activity: string;
  attempt: number;
  event: 'start' | 'end';
}

/** What the process tells its parent. The parent says `release` to let all held activities go on. */
export type Message = { ready: true } | { held: Hold };

const log = process.argv[2]!;
const holds = new Set(JSON.parse(process.argv[3]!) as Hold[]);
/** Workflows as bundled, or their source: workers with traces bundle it themselves. */
const code = process.argv[4]!;
const tell = (message: Message) => process.send!(message);
const released = new Promise<void>((resolve) => process.once('message', () => resolve()));

function note(event: Watched['event'], name: string): void {
  const { workflowExecution, activityId, attempt } = Context.current().info;
  const line: Watched = { workflowId: workflowExecution!.workflowId, activityId, activity: name, attempt, event };
  appendFileSync(log, `${JSON.stringify(line)}\n`);
}

async function hold(activity: string, at: Hold['at']): Promise<void> {
  const { workflowId } = Context.current().info.workflowExecution!;
  const found = [...holds].find(
    (known) => known.activity === activity && known.at === at && isOf(workflowId, known.model),
  );
  if (found === undefined) return;
  holds.delete(found);
  tell({ held: found });
  await (found.stubborn ? released : Promise.race([released, Context.current().cancelled]));
}

/** `train-<model>-...`, `drift-<model>-...`, `deploy-<model>.<task queue>`, `retrain-<model>.<task queue>`. */
const isOf = (workflowId: string, model: string) =>
  ['-', '.'].some((end) => workflowId.replace(/^(train|deploy|drift|retrain)-/, '').startsWith(`${model}${end}`));

/** Held activities keep their slots, also on a machine of one core. */
const COMPUTE_SLOTS = 100;

type Run = (...args: unknown[]) => Promise<unknown>;

const watch =
  (name: string, run: Run): Run =>
  async (...args) => {
    note('start', name);
    await hold(name, 'before');
    const result = await run(...args);
    await hold(name, 'after');
    note('end', name);
    return result;
  };

await runWorker(
  { ...readConfig(), computeSlots: COMPUTE_SLOTS },
  () => tell({ ready: true }),
  (activities) =>
    Object.fromEntries(
      Object.entries(activities).map(([name, run]) => [name, watch(name, run as Run)]),
    ) as unknown as Activities, // the same functions under the same names
  code.endsWith('.ts') ? { workflowsPath: code } : { workflowBundle: { codePath: code } },
);
