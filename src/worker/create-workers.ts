import { IllegalStateError } from '@temporalio/common';
import {
  type NativeConnection,
  Worker,
  type WorkerOptions,
  GracefulShutdownPeriodExpiredError,
  Runtime,
} from '@temporalio/worker';
import type { Activities } from '../activities/index.js';
import { activityInterceptor } from '../activities/interceptor.js';
import { openProject } from '../compose/project.js';
import type { Config } from '../config/config.js';
import { computeQueue, type Project } from '../contracts/names.js';
import type { TracedOptions } from '../telemetry/traced-worker.js';
import type { Tracing } from '../telemetry/tracing.js';
import { openDataConverter } from '../vendors/temporal/codec/data-converter.js';
import { encrypts } from '../vendors/temporal/codec/keys.js';
import { guardStore } from './project-store.js';
import { builtWorkflows, interceptorsOf, WORKFLOWS, type Workflows } from './workflow-code.js';

/** How soon an activity hears of its cancellation at the latest. */
const HEARTBEAT_THROTTLE = '1 second';

/** What cancelled activities may take to end before they are left to themselves. */
const CANCELLATION_SECONDS = 5;

/** Shares of memory and processors up to which work is begun. */
const TARGETS = { targetMemoryUsage: 0.8, targetCpuUsage: 0.9 };

/** What a worker may be given instead of the configuration's. */
interface OwnParts {
  workflows?: Workflows;
  tracing?: Tracing | null;
  project?: Project;
}

/**
 * The Workers of a configuration's role, not yet running: one for each task queue that the role listens on.
 *
 * Each of them knows every activity; the queue decides which ones reach it. So steps that were queued by runs of before,
 * or for another division of the work, are done all the same.
 */
export async function createWorkers(
  config: Config,
  connection: NativeConnection,
  activities: Activities,
  own: OwnParts = {},
): Promise<WorkerGroup> {
  const { workflows = builtWorkflows(encrypts(config.codec)), tracing = null } = own;
  const { role, shutdownGraceSeconds, version, slots } = config.worker;
  const common = {
    connection,
    namespace: config.namespace,
    activities,
    dataConverter: await openDataConverter(config.codec, 'marked'),
    maxHeartbeatThrottleInterval: HEARTBEAT_THROTTLE,
    // A run stays with the build that began it: its code is what its history was made by.
    ...(version === null
      ? {}
      : { workerDeploymentOptions: { version, useWorkerVersioning: true, defaultVersioningBehavior: 'PINNED' } }),
    shutdownGraceTime: shutdownGraceSeconds * 1000,
    shutdownForceTime: (shutdownGraceSeconds + CANCELLATION_SECONDS) * 1000,
  } satisfies Partial<WorkerOptions>;
  const { sinks, workflowModules: ofTraces, ...traced } = await tracedOptions(tracing);
  const project = own.project ?? (await openProject(config));
  const guard = { inbound: guardStore(project, config.storage.base ?? config.home) };
  const activity = [...traced.activity, activityInterceptors, () => guard];
  // No bundle of the build has the interceptors of traces.
  const code = tracing === null || 'workflowsPath' in workflows ? workflows : WORKFLOWS;
  // A bundle has its interceptors in it.
  const workflowModules = 'workflowsPath' in code ? [...interceptorsOf(code), ...ofTraces] : [];
  const wanted: WorkerOptions[] = [];
  if (role !== 'compute')
    wanted.push({
      ...common,
      taskQueue: config.taskQueue,
      ...code,
      sinks,
      // A bug in workflow code should end the run with its message; by default it would look hung.
      workflowFailureErrorTypes: { '*': ['Error'] },
      interceptors: { workflowModules, activity },
    });
  if (role !== 'workflow')
    wanted.push({
      ...common,
      taskQueue: computeQueue(config.taskQueue),
      interceptors: { activity },
      // What waits for a thread should wait in the queue, where another worker may take it.
      ...(slots === 'fixed'
        ? { maxConcurrentActivityTaskExecutions: config.computeSlots }
        : {
            tuner: {
              tunerOptions: TARGETS,
              activityTaskSlotOptions: { minimumSlots: 1, maximumSlots: config.computeSlots },
            },
          }),
    });
  return joinWorkers(await Promise.all(wanted.map((options) => Worker.create(options))));
}

/** What traces take is loaded only where there are any: others start sooner without it. */
const tracedOptions = async (tracing: Tracing | null): Promise<TracedOptions> =>
  tracing === null
    ? { activity: [], workflowModules: [], sinks: {} }
    : (await import('../telemetry/traced-worker.js')).tracedOptions(tracing);

const activityInterceptors = (context: Parameters<typeof activityInterceptor>[0]) => ({
  inbound: activityInterceptor(context),
});

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

function joinWorkers(workers: readonly Worker[]): WorkerGroup {
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
