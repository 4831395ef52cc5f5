// Records the home that this version makes as test/fixtures/homes/<version>, which test/system/stack/homes.test.ts reads from then on: two
// runs on the synthetic sample, the second of them decided on by a person, and a rollback. Run it once for each release, when
// nothing of what is kept will change any more. The keys in it are made for it and protect nothing.
import { copyFile, cp, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { hostname, tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { decide } from '../src/client/decide.js';
import { findWaiting } from '../src/client/run-status.js';
import { readConfig } from '../src/config/config.js';
import { ROLLBACK, TRAINING_PIPELINE } from '../src/contracts/names.js';
import { loadDefinition } from '../src/definition/definition.js';
import { startLambdaEndpoint } from '../src/lambda-emulator/endpoint.js';
import { openProofs } from '../src/compose/open-identities.js';
import { openProject } from '../src/compose/project.js';
import { composeActivities } from '../src/compose/activities.js';
import { createWorkers } from '../src/worker/create-workers.js';
import type { rollbackModel } from '../src/workflows/rollback-model.js';
import type { trainingPipeline } from '../src/workflows/training-pipeline.js';
import { startTemporal } from '../test/support/temporal-server.js';
import { until } from '../test/support/until.js';

/** What commands read of a home; the rest is of running programs, or pages. */
const KEPT = ['format.json', 'keys', 'registry', 'store'];

/** More is too much for a repository. */
const MOST_BYTES = 400_000;

/** A place that tells nothing of this machine: addresses of the data get into what is recorded. */
const place = join(tmpdir(), 'anemia-mlops-recorded');
await rm(place, { recursive: true, force: true });
const home = join(place, 'home');
const data = join(place, 'anemia-sample.csv');
await mkdir(home, { recursive: true });
await copyFile('data/anemia-sample.csv', data);

const temporal = await startTemporal();
const lambda = await startLambdaEndpoint({ directory: join(place, 'lambda'), port: 0, onLog: () => undefined });
const settings = { MLOPS_HOME: home, MLOPS_TASK_QUEUE: 'recorded', MLOPS_COMMIT: 'c'.repeat(40) };
const config = {
  ...readConfig({ PATH: process.env['PATH'], ...settings }),
  namespace: 'default',
  ui: null,
  lambda: { kind: 'local', endpoint: lambda.url } as const,
};
const { taskQueue, store } = await openProject(config);
const { client } = temporal;
const { activities, close } = await composeActivities(config, temporal.nativeConnection);
const workers = await createWorkers(config, temporal.nativeConnection, activities);
await workers.runUntil(async () => {
  await train('first');
  await train('second', 'split.seed=7', 'gate.championMargin=-1', 'approval.mode=manual');
  const rollback = { store, model: 'anemia-detection', to: null, functionName: 'anemia-detection', alias: 'live' };
  const { outcome } = await client.workflow.execute<typeof rollbackModel>(ROLLBACK, {
    ...{ workflowId: 'rollback-recorded', taskQueue },
    args: [{ ...rollback, by: 'operator', at: new Date().toISOString(), evidence: null, because: 'complaints' }],
  });
  console.log('rollback:', outcome);
});
await close();
await lambda.close();
await temporal.teardown();

const target = join('test/fixtures/homes', config.codeVersion);
await rm(target, { recursive: true, force: true });
await mkdir(target, { recursive: true });
for (const name of KEPT) await cp(join(home, name), join(target, name), { recursive: true });
await rm(join(target, 'store', 'scratch'), { recursive: true, force: true });
await check();
await rm(place, { recursive: true });

async function train(name: string, ...overrides: string[]): Promise<void> {
  const small = ['validation.repeats=1', 'monitoring.enabled=false', `dataset.uri=${data}`];
  const definition = await loadDefinition('pipelines/anemia.json', [...small, ...overrides]);
  const handle = await client.workflow.start<typeof trainingPipeline>(TRAINING_PIPELINE, {
    ...{ workflowId: `train-${definition.model}-${name}`, taskQueue },
    args: [{ store, definition, reuse: true }],
  });
  if (definition.approval.mode === 'manual') {
    await until(
      () => findWaiting(client, handle.workflowId),
      ({ waiting }) => waiting !== null,
    );
    const because = 'compared the leaderboards';
    await decide(client, taskQueue, openProofs(config), 'approve', handle.workflowId, { by: 'reviewer', because });
  }
  console.log(`${name}: ${(await handle.result()).outcome}`);
}

/** Nothing of this machine may be in it, and it must be small. */
async function check(): Promise<void> {
  const foreign = [process.cwd(), `@${hostname()}`, userInfo().homedir]; // a worker is `pid@host`
  let bytes = 0;
  for (const name of await readdir(target, { recursive: true })) {
    const path = join(target, name);
    if (!(await stat(path)).isFile()) continue;
    const text = (await readFile(path)).toString('latin1');
    bytes += text.length;
    const found = foreign.filter((word) => text.includes(word));
    if (found.length > 0) throw new Error(`${path} tells of this machine.`);
  }
  if (bytes > MOST_BYTES) throw new Error(`${target} has ${bytes} bytes, more than ${MOST_BYTES}.`);
  await writeFile(
    join(target, 'README.md'),
    `The home of version ${config.codeVersion}, by \`npm run record-home\`.\n`,
  );
  console.log(`${target}: ${bytes} bytes`);
}
