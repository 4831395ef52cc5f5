import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { Piscina } from 'piscina';
import { BUILD_FOLDER } from '../config/environment.js';
import { type FailureType, PipelineFailure } from '../contracts/failures.js';
import type { InputOf, OutputOf, TaskId } from './tasks/index.js';

/** Who waits for a task: may abort it, and hears `12 of 50 fits` and the like from it. */
export interface Caller {
  signal: AbortSignal;
  report: (progress: string) => void;
}

/** Runs numeric work away from the main thread, so that heartbeats and other tasks never wait. */
export interface Compute {
  run<K extends TaskId>(task: K, input: InputOf<K>, caller: Caller): Promise<OutputOf<K>>;
}

/** What the pool sends to a thread. */
export interface Order {
  task: TaskId;
  input: unknown;
  progress: MessagePort;
}

/** A failure as it crosses the thread boundary: errors lose their class there. */
export interface FailureMessage {
  type: FailureType;
  message: string;
}

/** What a thread answers. */
export type Answer = { output: unknown } | { failure: FailureMessage };

/** A thread without work ends after this time. */
const IDLE_MS = 10 * 60_000;

/**
 * Compute on a pool of worker threads. A cancelled task's thread is ended at once, so nothing keeps computing.
 */
export function createThreadPool(options: {
  /** What `compose/thread.ts` makes its ports of. */
  settings: object;
  /** At most so many. */
  threads: number;
  /** Start them all at once and keep them, for work that is to come; else each with the first task for it. */
  ready: boolean;
}): Compute & { close(): Promise<void> } {
  const pool = new Piscina({
    filename: threadEntry(),
    execArgv: [],
    workerData: options.settings,
    minThreads: options.ready ? options.threads : 0,
    maxThreads: options.threads,
    idleTimeout: IDLE_MS,
  });
  return {
    async run<K extends TaskId>(task: K, input: InputOf<K>, { signal, report }: Caller) {
      const { port1, port2 } = new MessageChannel();
      port1.on('message', report);
      try {
        const order: Order = { task, input, progress: port2 };
        const answer = (await pool.run(order, { signal, transferList: [port2] })) as Answer;
        if ('failure' in answer) throw new PipelineFailure(answer.failure.type, answer.failure.message);
        return answer.output as OutputOf<K>;
      } finally {
        port1.close();
      }
    },
    close: () => pool.destroy(),
  };
}

function threadEntry(): string {
  if (BUILD_FOLDER !== null) return join(BUILD_FOLDER, 'thread.cjs');
  const entry = import.meta.url.endsWith('.ts') ? '../compose/thread-from-source.mjs' : '../compose/thread.js';
  return fileURLToPath(new URL(entry, import.meta.url));
}
