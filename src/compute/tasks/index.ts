import type { TaskContext } from '../task.js';
import { compareWindowTask } from './compare-window.js';
import { concludeSearchTask } from './conclude-search.js';
import { crossValidateTask } from './cross-validate.js';
import { evaluateTask } from './evaluate.js';
import { featuresTask } from './features.js';
import { fitTask } from './fit.js';
import { judgeTask } from './judge.js';
import { nestedRepeatTask } from './nested-repeat.js';
import { profileTask } from './profile.js';

/** All tasks. Loading this loads all numeric code, so that others than threads take its types alone. */
const TASKS = [
  profileTask,
  featuresTask,
  crossValidateTask,
  nestedRepeatTask,
  concludeSearchTask,
  fitTask,
  evaluateTask,
  judgeTask,
  compareWindowTask,
] as const;

type AnyTask = (typeof TASKS)[number];

/** `name/version` of a task. A version that was raised has to be named anew where the task is run. */
export type TaskId = AnyTask['id'];

type TaskOf<K extends TaskId> = Extract<AnyTask, { id: K }>;

/** What a task is given. */
export type InputOf<K extends TaskId> = Parameters<TaskOf<K>['run']>[0];
/** What it gives. */
export type OutputOf<K extends TaskId> = Awaited<ReturnType<TaskOf<K>['run']>>;

/** Runs a task in this thread. */
export function runTask<K extends TaskId>(id: K, input: InputOf<K>, context: TaskContext): Promise<OutputOf<K>> {
  const task = TASKS.find((known) => known.id === id) as TaskOf<K>;
  return task.run(input as never, context) as Promise<OutputOf<K>>; // its id decides both
}
