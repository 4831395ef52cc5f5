import { type ChildProcess, fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client, type Connection } from '@temporalio/client';
import { inject } from 'vitest';
import { openDeployer, openRegistry, openStore } from '../../src/composition.js';
import { readConfig } from '../../src/config.js';
import type { Definition } from '../../src/contracts/definition.js';
import { type PipelineStatus, STATUS_QUERY, TASK_QUEUE, TRAINING_PIPELINE } from '../../src/contracts/pipeline.js';
import { loadDefinition } from '../../src/definition.js';
import { startLambdaEndpoint } from '../../src/local/lambda/endpoint.js';
import type { trainingPipeline } from '../../src/workflows/training-pipeline.js';
import { makeDirectory } from './temp.js';
import type { Hold, Message, Watched } from './watched-worker.js';

const WORKER = fileURLToPath(new URL('watched-worker.ts', import.meta.url));

/** The pipeline of the sample, with fewer repeats than people would take. */
export const sampleDefinition = (...settings: string[]): Promise<Definition> =>
  loadDefinition('pipelines/anemia.json', ['validation.repeats=2', ...settings]);

/** A worker process whose activities are written down and can be held. */
export interface WatchedWorker {
  pid: number;
  /** Settles when all holds it was given wait. */
  held: Promise<unknown>;
  release: () => void;
  kill: () => Promise<void>;
}

/**
 * A home, a Lambda endpoint and a namespace of one's own.
 * @param whenFinished takes what is to be done when the lab is no longer needed
 */
export async function openLab(
  temporal: { address: string; connection: Connection },
  namespace: string,
  whenFinished: (close: () => Promise<void>) => void,
) {
  const home = await makeDirectory();
  const lambda = await startLambdaEndpoint({ directory: join(home, 'lambda'), port: 0 });
  const workers: WatchedWorker[] = [];
  whenFinished(async () => {
    await Promise.all(workers.map((worker) => worker.kill()));
    await lambda.close();
    await rm(home, { recursive: true, force: true, maxRetries: 3 });
  });
  const environment = {
    ...process.env,
    TEMPORAL_ADDRESS: temporal.address,
    TEMPORAL_NAMESPACE: namespace,
    MLOPS_HOME: home,
    MLOPS_LAMBDA_PORT: String(lambda.port),
  };
  const config = readConfig(environment);
  const client = new Client({ connection: temporal.connection, namespace });
  const log = join(home, 'activities.jsonl');
  const registry = openRegistry(config);
  const deployer = openDeployer(config);

  return {
    home,
    client,
    registry,
    deployer,
    store: openStore(config),
    lambda,

    /** Starts a worker; settles when it listens. */
    async work(...holds: Hold[]): Promise<WatchedWorker> {
      const child = fork(WORKER, [log, JSON.stringify(holds), inject('workflowBundle')], {
        execArgv: ['--import', 'tsx'],
        env: environment,
        silent: true,
      });
      const heard = ears(child);
      const worker: WatchedWorker = {
        pid: child.pid!,
        held: heard((messages) => messages.filter((message) => 'held' in message).length === holds.length),
        release: () => void child.send('release'),
        kill: () => killed(child),
      };
      worker.held.catch(() => undefined); // only of interest to those who wait for it
      workers.push(worker);
      await heard((messages) => messages.some((message) => 'ready' in message));
      return worker;
    },

    start: (definition: Definition, reuse = true) =>
      client.workflow.start<typeof trainingPipeline>(TRAINING_PIPELINE, {
        workflowId: `train-${definition.model}-${randomUUID()}`,
        taskQueue: TASK_QUEUE,
        args: [{ definition, reuse }],
      }),

    /** The child run that deploys a model. */
    deployment: ({ model }: Definition) => client.workflow.getHandle(`deploy-${model}`),

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

export type Lab = Awaited<ReturnType<typeof openLab>>;
export type Run = Awaited<ReturnType<Lab['start']>>;

export const statusOf = (run: Run): Promise<PipelineStatus> => run.query<PipelineStatus>(STATUS_QUERY);

/** Characters of a worker's log told when it ends unasked. */
const LOG_END = 2000;

/** Waits for what a child tells; fails when it ends before. */
function ears(child: ChildProcess): (enough: (messages: Message[]) => boolean) => Promise<void> {
  const messages: Message[] = [];
  let log = '';
  child.on('message', (message) => void messages.push(message as Message));
  for (const stream of [child.stdout!, child.stderr!])
    stream.on('data', (text: Buffer) => (log = `${log}${text.toString()}`.slice(-LOG_END)));
  return (enough) =>
    new Promise((resolve, reject) => {
      const check = () => {
        if (enough(messages)) resolve();
      };
      check();
      child.on('message', check);
      child.once('exit', (code, signal) => reject(new Error(`The worker ended (${signal ?? String(code)}): ${log}`)));
    });
}

/** Ends a process as a power cut would. */
async function killed(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await gone;
}
