import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openCapturingLog } from '../../../src/local/capturing-endpoint.js';
import { startLambdaEndpoint } from '../../../src/lambda-emulator/endpoint.js';
import { readConfig } from '../../../src/config/config.js';
import { exampleOf } from '../../system/docs/page.js';
import { runCommand, withoutSettings } from '../../support/cli.js';
import { freePorts } from '../../support/temp.js';
import { connectTemporal } from '../../support/temporal.js';
import { LIMIT_MS } from '../../support/until.js';
import { packedProject } from './packed-project.js';

/** examples/own-learner as a project of its own: compiled against the packed package, and run as its README says. */
let project: string;
/** Ports of the local stack in it. */
let stack: Record<string, string>;
const closing: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  // The page leaves it to its reader what to do with what came of the run.
  const { code } = await exampleOf('docs/library.md');
  project = await packedProject('examples/own-learner', {
    'src/from-docs.ts': `${code}console.log(outcome, model?.name);\n`,
  });
  closing.push(() => rm(project, { recursive: true, force: true, maxRetries: 5 }));
}, LIMIT_MS * 2);

afterAll(async () => {
  for (const close of closing.reverse()) await close();
});

const inherited = { ...withoutSettings(process.env), NO_COLOR: '1' };
const run = (program: string, env: Record<string, string>, ...args: string[]) =>
  runCommand(process.execPath, [join(project, program), ...args], { ...inherited, ...env }, project);

const DEPLOYED = /\* naive-bayes: ROC AUC 0\.\d+\n {2}logistic-regression: ROC AUC 0\.\d+\ndeployed: version 1\n/;

it('deploys its learner by the local stack of the package, whose files are in its own folder', async () => {
  const [temporal, ui, lambda, reports] = (await freePorts(4)).map(String) as [string, string, string, string];
  stack = {
    ...{ MLOPS_TEMPORAL_PORT: temporal, MLOPS_UI_PORT: ui, MLOPS_LAMBDA_PORT: lambda, MLOPS_REPORTS_PORT: reports },
  };
  closing.push(() => run('node_modules/.bin/anemia-mlops', stack, 'stop'));
  const { code, stdout, stderr } = await run('dist/main.js', stack);
  expect(code, stderr).toBe(0);
  expect(stdout).toMatch(DEPLOYED);
  expect(stdout).toMatch(/A shaking, hot pump: .*"fails within a week"/);
  expect(stderr).toContain(`logs in ${join(project, '.local')}`);
});

it('asks its functions where the stack in its folder listens, whatever the usual ports are', async () => {
  const { code, stdout, stderr } = await run('dist/main.js', {});
  expect(code, stderr).toBe(0);
  expect(stdout).toMatch(/A shaking, hot pump: .*"fails within a week"/);
});

it('names the commands of the program that is installed', async () => {
  const models = await run('node_modules/.bin/anemia-mlops', { MLOPS_HOME: join(project, 'new') }, 'models');
  expect(models.stdout).toBe('No model is registered yet; `anemia-mlops start-pipeline` makes the first.\n');
});

it('is used by the client of docs/library.md', async () => {
  const { code, stdout, stderr } = await run('dist/from-docs.js', { ...stack, MLOPS_LEARNERS: 'dist/learner.js' });
  expect([code, stderr]).toEqual([0, expect.anything()]);
  expect(stdout).toBe('deployed pumps\n');
});

it('runs a worker of its own, which tells its own sink of drift', async () => {
  const temporal = await connectTemporal();
  closing.push(() => temporal.teardown());
  const home = join(project, 'elsewhere');
  const directory = join(home, 'lambda');
  const { captureUri, storage } = readConfig({ MLOPS_HOME: home });
  const capturing = openCapturingLog({ captureUri, s3: storage.s3, directory, say: () => undefined });
  const lambda = await startLambdaEndpoint({ directory, port: 0, onLog: capturing.onLog });
  closing.push(
    () => capturing.close(),
    () => lambda.close(),
  );
  const env = {
    MLOPS_HOME: home,
    TEMPORAL_ADDRESS: temporal.address,
    TEMPORAL_NAMESPACE: temporal.client.options.namespace,
    MLOPS_LAMBDA_PORT: String(lambda.port),
  };

  const worker = spawn(process.execPath, ['dist/worker.js'], { cwd: project, env: { ...inherited, ...env } });
  const ended = once(worker, 'exit');
  await once(worker.stdout, 'data'); // it says that it listens
  const trained = await run('dist/main.js', env);
  expect(trained.stderr).toBe('');
  expect(trained.stdout).toMatch(DEPLOYED);
  const checked = await run('dist/drift.js', env);
  expect(checked.stdout).toMatch(/^20\d rows, drift: /);
  expect(await readFile(join(project, 'alerts.log'), 'utf8')).toMatch(/^pumps version 1: .*\n$/);
  worker.kill('SIGTERM');
  expect(await ended).toEqual([0, null]);
});
