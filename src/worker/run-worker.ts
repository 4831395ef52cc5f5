import { NativeConnection, Runtime } from '@temporalio/worker';
import { mkdir } from 'node:fs/promises';
import { type Activities, stageOf } from '../activities/index.js';
import { patiently, unanswered } from '../client/patience.js';
import { composeActivities } from '../compose/activities.js';
import { openRegistry, openStore } from '../compose/composition.js';
import { loadLearners } from '../compose/load-learners.js';
import { existingProject, madeProject } from '../compose/project.js';
import type { Config } from '../config/config.js';
import { encrypts } from '../vendors/temporal/codec/keys.js';
import type { Project } from '../contracts/names.js';
import { printable } from '../contracts/text.js';
import { OWNER_ONLY } from '../store/files.js';
import { closeHome, makeFilesForOwner } from '../store/home.js';
import { startTelemetry } from '../telemetry/start-telemetry.js';
import { createWorkers, type WorkerGroup } from './create-workers.js';
import { type Health, startHealthServer } from './health-server.js';
import { waitForStore } from './project-store.js';
import { readyWorkflows, WORKFLOWS, type Workflows } from './workflow-code.js';

/**
 * Runs the Workers of the configured role until a signal or, as a child of the local stack, until that is gone.
 *
 * @param onReady called once they listen
 * @param decorate may wrap the activities, to watch or meter them
 * @throws Error with the remedy when Temporal does not answer
 */
export async function runWorker(
  config: Config,
  onReady: () => void,
  decorate: (activities: Activities) => Activities = (activities) => activities,
  workflows?: Workflows,
): Promise<void> {
  const telemetry = await startTelemetry(config.telemetry, {
    stageOf,
    store: () => openStore(config),
    registry: () => openRegistry(config),
  });
  await loadLearners(config.learners);
  makeFilesForOwner();
  await mkdir(config.home, { recursive: true, mode: OWNER_ONLY.directory });
  await closeHome(config.home);
  let end: Awaited<ReturnType<WorkerGroup['run']>> = 'ended';
  let running: { connection: NativeConnection; workers: WorkerGroup } | null = null;
  const { healthPort, role } = config.worker;
  const ready =
    workflows ??
    (role === 'compute' || telemetry.tracing !== null ? WORKFLOWS : readyWorkflows(encrypts(config.codec)));
  Promise.resolve(ready).catch(() => undefined); // who waits for them is told
  const open = role === 'compute' ? existingProject : madeProject;
  let waiting = 'The worker is starting.';
  const say = (line: string) => {
    waiting = printable(line);
    Runtime.instance().logger.warn(waiting);
  };
  const health = healthPort === null ? null : await startHealthServer(healthPort, () => healthOf(running, waiting));
  try {
    const [project, connection] = await whileThereIsAParent(async (): Promise<[Project, NativeConnection]> => [
      await waitForStore(config.storage.base ?? config.home, () => open(config), say),
      await patiently(`Temporal at ${addressOf(config)}`, connectWorker(config), say),
    ]);
    const { activities, close } = await composeActivities(config, connection, { project });
    try {
      const observed = telemetry.observe(decorate(activities));
      const workers = await createWorkers(config, connection, observed, {
        workflows: await ready,
        tracing: telemetry.tracing,
        project,
      });
      for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, workers.shutdown);
      process.on('disconnect', workers.shutdown);
      const ended = workers.run();
      running = { connection, workers };
      onReady();
      end = await ended;
    } finally {
      await close();
      // Where workers could not be made, that is what is to be told, and not that one of them holds the connection.
      if (end === 'ended') await connection.close().catch(() => undefined);
    }
  } finally {
    await telemetry.close();
    await health?.close();
    if (process.connected) process.disconnect();
    // A step that does not end holds its worker, and that the process.
    if (end === 'left steps') process.exit(0);
  }
}

const addressOf = ({ temporal }: Config) => temporal.connectionOptions.address ?? 'the configured address';

/** The stack's worker ends with the stack, also while it only waits. */
async function whileThereIsAParent<T>(act: () => Promise<T>): Promise<T> {
  const end = () => process.exit(1);
  process.once('disconnect', end);
  try {
    return await act();
  } finally {
    process.off('disconnect', end);
  }
}

async function healthOf(
  running: { connection: NativeConnection; workers: WorkerGroup } | null,
  why: string,
): Promise<Health> {
  if (running === null) return { state: 'waiting', why };
  const states = running.workers.workers.map((worker) => worker.getState());
  if (states.includes('FAILED')) return { state: 'failed', why: 'A worker has failed; its log says why.' };
  if (states.some((state) => state !== 'RUNNING')) return { state: 'waiting', why: 'The worker is ending.' };
  await running.connection.workflowService.getSystemInfo({});
  return { state: 'ready' };
}

/** A worker's connection to Temporal. @throws Error with address and remedy */
export async function connectWorker(config: Config): Promise<NativeConnection> {
  try {
    return await NativeConnection.connect(config.temporal.connectionOptions);
  } catch (error) {
    throw await unanswered(config, error);
  }
}
