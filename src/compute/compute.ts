import type {
  CompareWindowInput,
  CompareWindowOutput,
  ConcludeSearchInput,
  CrossValidateInput,
  EvaluateInput,
  FeaturesInput,
  FitInput,
  JudgeInput,
  NestedRepeatInput,
  ProfileInput,
} from './inputs.js';
import type { NestedResult } from '../contracts/option-search.js';
import type {
  EvaluationResult,
  FeaturesResult,
  FitResult,
  GateVerdict,
  LeaderboardRow,
  ProfileResult,
} from '../contracts/results.js';

/** Numeric work by name: what goes in and what comes out. Both cross a thread boundary. */
export interface Tasks {
  profile: { input: ProfileInput; output: ProfileResult };
  features: { input: FeaturesInput; output: FeaturesResult };
  crossValidate: { input: CrossValidateInput; output: LeaderboardRow };
  nestedRepeat: { input: NestedRepeatInput; output: NestedResult };
  concludeSearch: { input: ConcludeSearchInput; output: LeaderboardRow };
  fit: { input: FitInput; output: FitResult };
  evaluate: { input: EvaluateInput; output: EvaluationResult };
  compareWindow: { input: CompareWindowInput; output: CompareWindowOutput };
  judge: { input: JudgeInput; output: Pick<GateVerdict, 'comparison' | 'warnings'> };
}

export type TaskName = keyof Tasks;

/** Who waits for a task: may abort it, and hears `12 of 50 fits` and the like from it. */
export interface Caller {
  signal: AbortSignal;
  report: (progress: string) => void;
}

/** Runs numeric work away from the main thread, so that heartbeats and other tasks never wait. */
export interface Compute {
  run<K extends TaskName>(task: K, input: Tasks[K]['input'], caller: Caller): Promise<Tasks[K]['output']>;
}
