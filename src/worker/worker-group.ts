import { GracefulShutdownPeriodExpiredError, Runtime, type Worker } from '@temporalio/worker';

/** The Workers of one process, which run and end together. */
export interface WorkerGroup {
  workers: readonly Worker[];
  /**
   * Settles when all have ended. One that fails takes the others along; one whose steps do not end in their time leaves them
   * to other workers.
   * @throws what the first one to fail did
   */
  run: () => Promise<void>;
  /** Lets them end: no new tasks, running activities have their time of grace. */
  shutdown: () => void;
  /** Runs them while `act` does, and gives its result. */
  runUntil: <T>(act: () => Promise<T>) => Promise<T>;
}

export function joinWorkers(workers: readonly Worker[]): WorkerGroup {
  const shutdown = () => {
    for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
  };
  const run = async () => {
    const ends = await Promise.allSettled(workers.map((worker) => endOf(worker).finally(shutdown)));
    const failed = ends.find((end) => end.status === 'rejected');
    if (failed !== undefined) throw failed.reason as Error;
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

/** Being told to end is no failure, even when a step does not listen. */
async function endOf(worker: Worker): Promise<void> {
  try {
    await worker.run();
  } catch (error) {
    if (!(error instanceof GracefulShutdownPeriodExpiredError)) throw error;
    Runtime.instance().logger.warn('Steps that did not end in their time are left to another worker', {
      taskQueue: worker.options.taskQueue,
    });
  }
}
