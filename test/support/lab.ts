import { randomUUID } from 'node:crypto';
import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client, type Connection } from '@temporalio/client';
import { inject } from 'vitest';
import { openDataConverter } from '../../src/vendors/temporal/codec/data-converter.js';
import { openCapture, openMonitoringLog, openRegistry, openStore } from '../../src/compose/composition.js';
import { openDeployer } from '../../src/compose/open-deployer.js';
import { type Config, readConfig } from '../../src/config/config.js';
import type { Definition } from '../../src/contracts/definition.js';
import type { Alert, CheckInput } from '../../src/contracts/monitoring.js';
import type { PipelineStatus } from '../../src/contracts/pipeline.js';
import { CHECK_DRIFT, deploymentOf, ownId, STATUS_QUERY, TRAINING_PIPELINE } from '../../src/contracts/names.js';
import { loadDefinition } from '../../src/definition/definition.js';
import { openCapturingLog } from '../../src/local/capturing-endpoint.js';
import { startLambdaEndpoint } from '../../src/lambda-emulator/endpoint.js';
import { openProject } from '../../src/compose/project.js';
import type { checkDrift } from '../../src/workflows/check-drift.js';
import type { trainingPipeline } from '../../src/workflows/training-pipeline.js';
import { PROJECT } from './project.js';
import { makeDirectory } from './temp.js';
import { createNamespace } from './temporal.js';
import { until } from './until.js';
import { startWatchedWorker, type WatchedWorker } from './watched-process.js';
import type { Hold, Watched } from './watched-worker.js';

const ALERT_SINK = fileURLToPath(new URL('alert-file.mjs', import.meta.url));
/** What labs say of the code, so that their workers need not ask Git. */
export const LAB_COMMIT = 'c'.repeat(40);

/** The pipeline of the sample, with fewer repeats than people would take. */
export const sampleDefinition = (...settings: string[]): Promise<Definition> =>
  loadDefinition('pipelines/anemia.json', ['validation.repeats=2', ...settings]);

/** What a lab may be given instead of what it makes. */
interface OwnParts {
  namespace?: string;
  /** Path of the bundle that its workers run, or of the source that they bundle. */
  workflowBundle?: string;
}

/**
 * A home, a Lambda endpoint and a namespace of one's own.
 * @param whenFinished takes what is to be done when the lab is no longer needed
 * @param settings more variables for its workers
 */
export async function openLab(
  temporal: { address: string; connection: Connection },
  whenFinished: (close: () => Promise<void>) => void,
  settings: Record<string, string> = {},
  own: OwnParts = {},
) {
  const { namespace = await createNamespace(temporal.connection), workflowBundle = inject('workflowBundle') } = own;
  const home = await makeDirectory();
  const directory = join(home, 'lambda');
  const { captureUri, storage } = readConfig({ ...process.env, MLOPS_HOME: home, ...settings });
  const capturing = openCapturingLog({ captureUri, s3: storage.s3, directory, say: () => undefined });
  const lambda = await startLambdaEndpoint({ directory, port: 0, onLog: capturing.onLog });
  const workers: WatchedWorker[] = [];
  whenFinished(async () => {
    await Promise.all(workers.map((worker) => worker.kill()));
    await lambda.close();
    await capturing.close();
    await rm(home, { recursive: true, force: true, maxRetries: 3 });
  });
  const environment: NodeJS.ProcessEnv = {
    ...process.env,
    TEMPORAL_ADDRESS: temporal.address,
    TEMPORAL_NAMESPACE: namespace,
    MLOPS_HOME: home,
    MLOPS_TASK_QUEUE: PROJECT.taskQueue,
    MLOPS_LAMBDA_PORT: String(lambda.port),
    MLOPS_ALERT_SINK: ALERT_SINK,
    MLOPS_COMMIT: LAB_COMMIT,
    MLOPS_DOWNLOAD_HOSTS: '127.0.0.1',
    MLOPS_COMPUTE_THREADS: '1', // each takes a second of processor time to start
    ...settings,
  };
  const config = readConfig(environment);
  const client = new Client({
    connection: temporal.connection,
    namespace,
    dataConverter: await openDataConverter(config.codec),
  });
  const project = await openProject(config);
  const log = join(home, 'activities.jsonl');
  const registry = openRegistry(config);
  const deployer = openDeployer(config);

  async function work(env: NodeJS.ProcessEnv, holds: Hold[]): Promise<WatchedWorker> {
    const { worker, ready } = startWatchedWorker({ env, holds, log, workflowBundle });
    workers.push(worker);
    await ready;
    return worker;
  }

  return {
    home,
    /** Of workers to come. */
    environment,
    client,
    project,
    registry,
    deployer,
    store: openStore(config),
    lambda,

    /** Starts a worker; settles when it listens. */
    work: (...holds: Hold[]): Promise<WatchedWorker> => work(environment, holds),

    /** Starts one with a home of its own, as on another machine. */
    workIn: (directory: string, variables: Record<string, string> = {}, ...holds: Hold[]): Promise<WatchedWorker> =>
      work({ ...environment, MLOPS_HOME: directory, ...variables }, holds),

    start: (definition: Definition, reuse = true) =>
      client.workflow.start<typeof trainingPipeline>(TRAINING_PIPELINE, {
        workflowId: `train-${definition.model}-${randomUUID()}`,
        taskQueue: project.taskQueue,
        args: [{ store: project.store, definition, reuse }],
      }),

    /** Starts a drift check of what was captured until now. */
    check: (definition: Definition, input: Partial<CheckInput> = {}) =>
      client.workflow.start<typeof checkDrift>(CHECK_DRIFT, {
        workflowId: `drift-${definition.model}-${randomUUID()}`,
        taskQueue: project.taskQueue,
        args: [{ store: project.store, definition, mode: 'scheduled', to: null, windowMinutes: null, ...input }],
      }),

    /** Asks the deployed function about these rows and waits until the answers are captured. */
    async predict({ model, deployment }: Definition, rows: Record<string, number>[]): Promise<void> {
      const event = { dataframe_records: rows };
      const { functionName, alias } = deployment;
      const { payload } = await deployer.invoke({ functionName, qualifier: alias, event });
      const { id } = payload as { id: string };
      await until(
        () => captured(config, model),
        (text) => text.includes(`"id":"${id}"`),
      );
    },

    monitoringLog: openMonitoringLog(config),

    /** What the workers' own sink was told, oldest first. */
    async alerts(): Promise<Alert[]> {
      const text = await readFile(join(home, 'alerts.jsonl'), 'utf8').catch(() => '');
      return text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as Alert]));
    },

    /** The child run that deploys a model. */
    deployment: ({ model }: Definition) => client.workflow.getHandle(ownId(deploymentOf(model), project.taskQueue)),

    /** What the workers wrote down so far. */
    async watched(): Promise<Watched[]> {
      const lines = (await readFile(log, 'utf8')).split('\n').slice(0, -1);
      return lines.map((line) => JSON.parse(line) as Watched);
    },

    /** Numbers of the published versions of a function. */
    async publishedVersions(functionName: string): Promise<string[]> {
      const response = await fetch(`${lambda.url}/2015-03-31/functions/${functionName}/versions`);
      if (response.status === 404) return [];
      const { Versions } = (await response.json()) as { Versions: { Version: string }[] };
      return Versions.map(({ Version }) => Version).filter((version) => version !== '$LATEST');
    },

    /** What serves: the function version behind the alias, `null` for nothing. */
    serving: async ({ deployment: { functionName, alias } }: Definition): Promise<string | null> =>
      (await deployer.describe({ functionName, alias }))?.functionVersion ?? null,

    /** Versions that were ever made champion, in order; `null` where that was taken back. */
    champions: async ({ model }: Definition): Promise<(number | null)[]> =>
      (await registry.log(model)).flatMap((entry) =>
        entry.event === 'alias' && entry.alias === 'champion' ? [entry.version] : [],
      ),

    /** Partial files anywhere in the home, and whatever is in the scratch directory. */
    async leftovers(): Promise<string[]> {
      const files = await readdir(home, { recursive: true });
      return files.filter((file) => /\.(partial|download)$|^store.scratch./.test(file));
    },
  };
}

/** All that is captured of a model, as text. */
async function captured(config: Config, model: string): Promise<string> {
  const capture = openCapture(config);
  let text = '';
  for (const path of await capture.list(`${model}/`))
    for await (const part of capture.open(path)) text += Buffer.from(part).toString('latin1');
  return text;
}

export type Lab = Awaited<ReturnType<typeof openLab>>;
export type Run = Awaited<ReturnType<Lab['start']>>;

export const statusOf = (run: Run): Promise<PipelineStatus> => run.query<PipelineStatus>(STATUS_QUERY);
