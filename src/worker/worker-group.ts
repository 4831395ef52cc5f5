import { IllegalStateError } from '@temporalio/common';
import { GracefulShutdownPeriodExpiredError, Runtime, type Worker } from '@temporalio/worker';

/** The Workers of one process, which run and end together. */
export interface WorkerGroup {
  workers: readonly Worker[];
  /**
   * Settles when all have ended. One that fails takes the others along; one whose steps do not end in their time leaves them
   * to other workers, and this process can only exit.
   * @throws what the first one to fail did
   */
  run: () => Promise<'ended' | 'left steps'>;
  /** Lets them end: no new tasks, running activities have their time of grace. */
  shutdown: () => void;
  /** Runs them while `act` does, and gives its result. */
  runUntil: <T>(act: () => Promise<T>) => Promise<T>;
}

export function joinWorkers(workers: readonly Worker[]): WorkerGroup {
  let asked = false;
  const end = () => {
    for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
  };
  const shutdown = () => {
    asked = true;
    end();
  };
  /** Being told to end is no failure, even when a step does not listen. */
  const endOf = async (worker: Worker) => {
    try {
      await worker.run();
      return 'ended';
    } catch (error) {
      if (!asked || !isOvertime(error)) throw error;
      Runtime.instance().logger.warn('Steps that did not end in their time are left to another worker', {
        taskQueue: worker.options.taskQueue,
      });
      return 'left steps';
    }
  };
  const run = async () => {
    const ends = await Promise.allSettled(workers.map((worker) => endOf(worker).finally(end)));
    const failed = ends.find((end) => end.status === 'rejected');
    if (failed !== undefined) throw failed.reason as Error;
    return ends.some((end) => end.status === 'fulfilled' && end.value === 'left steps') ? 'left steps' : 'ended';
  };
  return {
    workers,
    run,
    shutdown,
    async runUntil(act) {
      const ended = run();
      try {
        return await Promise.race([act(), ended.then(() => Promise.reject(new Error('The workers ended too soon.')))]);
      } finally {
        shutdown();
        await ended;
      }
    },
  };
}

/** The SDK's error, or the one that follows it because the step still holds the worker. */
const isOvertime = (error: unknown): boolean =>
  error instanceof GracefulShutdownPeriodExpiredError || error instanceof IllegalStateError;
