import { type ChildProcess, spawn } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { PipelineReport } from '../../../src/contracts/pipeline.js';
import { startLambdaEndpoint } from '../../../src/lambda-emulator/endpoint.js';
import { type ImageFolder, makeImageFolder } from '../../system/containers/image-folder.js';
import { makeDirectory } from '../../support/temp.js';
import { connectTemporal } from '../../support/temporal.js';
import { until } from '../../support/until.js';

/** Without a container engine: the image's files, run as its user with what its environment has. */
let image: ImageFolder;
let temporal: TestWorkflowEnvironment;
let environment: Record<string, string>;
const closing: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  image = await makeImageFolder();
  closing.push(image.remove);
  temporal = await connectTemporal();
  closing.push(() => temporal.teardown());
  const lambda = await startLambdaEndpoint({ directory: await makeDirectory(), port: 0, onLog: () => undefined });
  closing.push(() => lambda.close());
  environment = {
    PATH: process.env['PATH']!,
    HOME: image.home,
    MLOPS_HOME: image.home,
    NODE_ENV: 'production',
    TEMPORAL_ADDRESS: temporal.address,
    TEMPORAL_NAMESPACE: temporal.client.options.namespace,
    MLOPS_LAMBDA_PORT: String(lambda.port),
  };
}, 600_000);

afterAll(async () => {
  for (const close of closing.reverse()) await close();
});

function start(args: string[]) {
  const [, ...entry] = image.entry; // node, which is ours
  const child = spawn(process.execPath, [...entry, ...args], {
    cwd: image.app,
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe'],
    ...image.user,
  });
  const said = { stdout: '', stderr: '' };
  child.stdout.on('data', (text: Buffer) => (said.stdout += text.toString()));
  child.stderr.on('data', (text: Buffer) => (said.stderr += text.toString()));
  return { child, said };
}

const ended = (child: ChildProcess) =>
  new Promise<number | null>((resolve) =>
    child.exitCode === null && child.signalCode === null ? child.once('exit', resolve) : resolve(child.exitCode),
  );

it('trains, deploys and serves with what the image has, and writes to its home alone', async () => {
  const before = await readdir(image.app, { recursive: true });
  const { child: worker, said } = start(image.command);
  closing.push(async () => {
    worker.kill('SIGKILL');
    await ended(worker);
  });
  await until(
    () => {
      if (worker.exitCode !== null) throw new Error(`The worker ended: ${said.stderr}`);
      return said.stdout;
    },
    (text) => text.includes('Worker is listening.'),
  );

  const client = start(['start-pipeline', '--json', '--set', 'validation.repeats=1']);
  const code = await ended(client.child);
  expect(client.said.stderr).toContain('Run train-anemia-detection-');
  expect({ code, stderr: client.said.stderr }).toMatchObject({ code: 0 });
  const report = JSON.parse(client.said.stdout) as PipelineReport;
  expect(report).toMatchObject({ outcome: 'deployed', model: { version: 1 } });

  const asked = start(['predict', '{"r":43.3,"g":30.8,"b":25.9,"hb":6.3}']);
  expect(await ended(asked.child)).toBe(0);
  expect(JSON.parse(asked.said.stdout)).toMatchObject({ predictions: 1 });

  expect(await readdir(image.app, { recursive: true })).toEqual(before);
  worker.kill('SIGTERM');
  expect(await ended(worker)).toBe(0);
});

it('has the workflows bundled, and neither tests nor tools of development', async () => {
  expect(await readdir(join(image.app, 'dist'))).toContain('workflow-bundle.js');
  expect((await readdir(image.app)).sort()).toEqual([
    'LICENSE',
    'data',
    'dist',
    'node_modules',
    'package.json',
    'pipelines',
  ]);
  const packages = await readdir(join(image.app, 'node_modules'));
  for (const tool of ['vitest', 'typescript', 'eslint', 'prettier']) expect(packages).not.toContain(tool);
  expect((await readdir(join(image.app, 'data'))).sort()).toEqual(['README.md', 'anemia-sample.csv']);
});
