// Records the histories that test/replay replays: a deployed, a canary, a rolled back, a refused and a cancelled run on
// the synthetic sample, and a drift check with the retraining that it starts.
// Run it after a deliberate change of workflow code; a change that should be compatible must replay the old ones.
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { setTimeout as delay } from 'node:timers/promises';
import { openDeployer } from '../src/compose/open-deployer.js';
import { readConfig } from '../src/config/config.js';
import type { PipelineStatus } from '../src/contracts/pipeline.js';
import { CHECK_DRIFT, deploymentOf, ownId, ROLLBACK, STATUS_QUERY, TRAINING_PIPELINE } from '../src/contracts/names.js';
import { loadDefinition } from '../src/definition/definition.js';
import { openCapturingLog } from '../src/local/capturing-endpoint.js';
import { startLambdaEndpoint } from '../src/lambda-emulator/endpoint.js';
import { openProject } from '../src/compose/project.js';
import { composeActivities } from '../src/compose/activities.js';
import { createWorkers } from '../src/worker/create-workers.js';
import type { checkDrift } from '../src/workflows/check-drift.js';
import type { retrainModel } from '../src/workflows/retrain-model.js';
import type { rollbackModel } from '../src/workflows/rollback-model.js';
import type { trainingPipeline } from '../src/workflows/training-pipeline.js';
import { serverBinary, startTemporal } from '../test/support/temporal-server.js';

const HISTORIES = 'test/replay/histories';

const home = await mkdtemp(join(tmpdir(), 'mlops-'));
const temporal = await startTemporal();
const directory = join(home, 'lambda');
const settings = readConfig({ ...process.env, MLOPS_HOME: home });
const log = openCapturingLog({
  captureUri: settings.captureUri,
  s3: settings.storage.s3,
  directory,
  say: console.error,
});
const lambda = await startLambdaEndpoint({ directory, port: 0, onLog: log.onLog });
const config = {
  ...settings,
  namespace: 'default',
  taskQueue: 'mlops',
  lambda: { kind: 'local', endpoint: lambda.url } as const,
};
const { activities, close } = await composeActivities(config, temporal.nativeConnection);
const { taskQueue, store } = await openProject(config);
const workers = await createWorkers(config, temporal.nativeConnection, activities);

await mkdir(HISTORIES, { recursive: true });
await workers.runUntil(async () => {
  await record('deployed', []);
  await record('canary', [
    ...['split.seed=7', 'gate.championMargin=-1', 'deployment.strategy.kind=canary'],
    ...['deployment.strategy.bakeMinutes=0.01', 'deployment.judge.insufficient=probe'],
  ]);
  await rollBack();
  await record('refused', ['gate.minimum.rocAuc=1', 'split.seed=7']);
  await checkAndRetrain();
  await record('cancelled', ['candidates.2.options.trees=1000', 'validation.repeats=100'], 'train');
});
await close();
await lambda.close();
await log.close();
await temporal.teardown();
await rm(home, { recursive: true, force: true });

async function record(name: string | null, overrides: string[], cancelIn?: string): Promise<void> {
  const definition = await loadDefinition('pipelines/anemia.json', overrides);
  const handle = await temporal.client.workflow.start<typeof trainingPipeline>(TRAINING_PIPELINE, {
    workflowId: `train-${definition.model}-${name ?? 'first'}`,
    taskQueue,
    args: [{ store, definition, reuse: true }],
  });
  if (cancelIn !== undefined) {
    const running = async () =>
      (await handle.query<PipelineStatus>(STATUS_QUERY)).stages.some(
        ({ stage, state }) => stage === cancelIn && state === 'running',
      );
    while (!(await running())) await delay(20);
    await delay(500);
    await handle.cancel();
  }
  await handle.result().catch(() => undefined);
  const { status } = await handle.describe();
  if (name !== null) await save(name, handle.workflowId);
  if (name === 'deployed') await save('deploy-model', ownId(deploymentOf(definition.model), taskQueue));
  if (name === 'canary') await save('deploy-canary', ownId(deploymentOf(definition.model), taskQueue));
  const outcome = await handle.result().then(
    (ended) => ended.outcome,
    () => status.name.toLowerCase(),
  );
  console.log(`${name ?? definition.model}: ${outcome}`);
}

/** People unlike those of the sample make an alarm, and that a retraining. */
async function checkAndRetrain(): Promise<void> {
  const watched = ['model=watched', 'gate.minimum={}', 'gate.championMargin=-1', 'monitoring.drift.minimumRows=50'];
  const alarm = ['monitoring.drift.alarm.windows=1', 'monitoring.drift.alarm.of=1'];
  await record(null, [...watched, ...alarm]);
  const rows = Array.from({ length: 120 }, (_, i) => ({ r: 55 + (i % 7) / 10, g: 20, b: 24.9, hb: 4 + (i % 5) / 10 }));
  await openDeployer(config).invoke({ functionName: 'watched', qualifier: 'live', event: { dataframe_records: rows } });
  await delay(1000); // until the answers are captured
  const definition = await loadDefinition('pipelines/anemia.json', [...watched, ...alarm, 'split.seed=9']);
  const handle = await temporal.client.workflow.start<typeof checkDrift>(CHECK_DRIFT, {
    workflowId: 'drift-watched',
    taskQueue,
    args: [{ store, definition, mode: 'scheduled', to: null, windowMinutes: null }],
  });
  const { entry, retraining } = await handle.result();
  console.log(`drift check: ${entry.decision.state}, ${retraining}`);
  const retrain = temporal.client.workflow.getHandle<typeof retrainModel>(ownId('retrain-watched', taskQueue));
  console.log(`retraining: ${(await retrain.result()).outcome}`);
  await save('drift-check', handle.workflowId);
  await save('retrain', retrain.workflowId);
}

async function rollBack(): Promise<void> {
  const model = 'anemia-detection';
  const by = { by: 'operator', at: new Date().toISOString(), evidence: null, because: 'complaints' };
  const handle = await temporal.client.workflow.start<typeof rollbackModel>(ROLLBACK, {
    workflowId: `rollback-${model}`,
    taskQueue,
    args: [{ store, ...by, model, to: null, functionName: model, alias: 'live' }],
  });
  console.log('rollback:', (await handle.result()).outcome);
  await save('rollback', handle.workflowId);
}

async function save(name: string, workflowId: string): Promise<void> {
  const show = ['workflow', 'show', '--address', temporal.address, '-w', workflowId, '--output', 'json'];
  const { stdout } = await promisify(execFile)(await serverBinary(), show, { maxBuffer: 1 << 26 });
  const neutral = neutralize(JSON.parse(stdout));
  await writeFile(join(HISTORIES, `${name}.json`), `${JSON.stringify(neutral, null, 1)}\n`);
}

/** Takes the places of this machine out of a history: they mean nothing elsewhere, and replay does not read them. */
function neutralize(value: unknown): unknown {
  if (typeof value === 'string') return withoutPlaces(value);
  if (Array.isArray(value)) return value.map(neutralize);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      key === 'data' && typeof inner === 'string'
        ? Buffer.from(withoutPlaces(Buffer.from(inner, 'base64').toString())).toString('base64')
        : neutralize(inner),
    ]),
  );
}

function withoutPlaces(text: string): string {
  return text
    .replaceAll(home, '/home/user/.local')
    .replaceAll(process.cwd(), '/home/user/anemia-mlops')
    .replaceAll(new RegExp(`\\d+@${hostname()}`, 'g'), '1@worker');
}
