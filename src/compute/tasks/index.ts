import type { CaptureSource } from '../../capture/source.js';
import type { ArtifactStore } from '../../store/artifacts.js';
import type { TaskName, Tasks } from '../compute.js';
import { compareWindowTask } from './compare-window.js';
import { concludeSearchTask } from './conclude-search.js';
import { crossValidateTask } from './cross-validate.js';
import { evaluateTask } from './evaluate.js';
import { featuresTask } from './features.js';
import { fitTask } from './fit.js';
import { judgeTask } from './judge.js';
import { nestedRepeatTask } from './nested-repeat.js';
import { profileTask } from './profile.js';

/** What a task may use besides its input. */
export interface TaskContext {
  store: ArtifactStore;
  /** What training rows are fingerprinted under; see `openFingerprintKey`. */
  fingerprintKey: () => Promise<Uint8Array>;
  /** The capture at this URI. */
  capture: (uri: string) => CaptureSource;
  report: (progress: string) => void;
}

type Task<K extends TaskName> = (input: Tasks[K]['input'], context: TaskContext) => Promise<Tasks[K]['output']>;

const TASKS: { [K in TaskName]: Task<K> } = {
  profile: profileTask,
  features: featuresTask,
  crossValidate: crossValidateTask,
  nestedRepeat: nestedRepeatTask,
  concludeSearch: concludeSearchTask,
  fit: fitTask,
  evaluate: evaluateTask,
  judge: judgeTask,
  compareWindow: compareWindowTask,
};

/** Runs a task by name. `input` comes from the pool's typed `run`. */
export function runTask(name: TaskName, input: unknown, context: TaskContext): Promise<unknown> {
  return (TASKS[name] as (input: unknown, context: TaskContext) => Promise<unknown>)(input, context);
}
