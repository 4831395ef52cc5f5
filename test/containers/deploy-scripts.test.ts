import { chmod, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { runCommand } from '../support/cli.js';
import { temporaryDirectory } from '../support/temp.js';
import { CHECKOUT } from './dockerfile.js';

const OUTPUTS = {
  repository_url: { value: 'registry.example/worker' },
  data_uri: { value: 's3://bucket/data' },
  mlops_environment: { value: { MLOPS_STORAGE: 's3://bucket/mlops' } },
};
/** What the programs answer, by how a call begins; an answer of `null` is a failure. */
const ANSWERS: Record<string, string | null> = {
  'docker compose version': '2.40.3',
  'docker compose ps': [
    '{"Service":"worker","State":"running","Health":"healthy","ExitCode":0}',
    '{"Service":"ui","State":"running","Health":"","ExitCode":0}',
    '{"Service":"bucket","State":"exited","Health":"","ExitCode":0}',
  ].join('\n'),
  'docker image inspect': 'node@sha256:abc',
  'aws ecr': 'password-of-ecr',
  'terraform -chdir=terraform output': JSON.stringify(OUTPUTS),
};

/** Runs a script with programs that write down their calls instead of doing anything. */
async function deploy(script: string, settings: NodeJS.ProcessEnv = {}, changes: typeof ANSWERS = {}) {
  const directory = await temporaryDirectory();
  const log = join(directory, 'calls');
  const answers = JSON.stringify({ ...ANSWERS, ...changes });
  const missing = settings['MISSING'];
  for (const name of ['docker', 'terraform', 'aws', 'npm'].filter((program) => program !== missing)) {
    const program = join(directory, name);
    await writeFile(
      program,
      `#!${process.execPath}
const call = ['${name}', ...process.argv.slice(2)].join(' ');
require('node:fs').appendFileSync(${JSON.stringify(log)}, call + (process.env.MLOPS_STORAGE ? ' on ' + process.env.MLOPS_STORAGE : '') + '\\n');
const [, answer] = Object.entries(${answers}).find(([start]) => call.startsWith(start)) ?? [null, ''];
if (answer === null) process.exit(1);
console.log(answer);\n`,
    );
    await chmod(program, 0o755);
  }
  const env = { PATH: directory, IMAGE_TAG: 'abc1234', AWS_REGION: 'eu-central-1', DEPLOY_TIMEOUT: '0', ...settings };
  const answer = await runCommand(process.execPath, [join(CHECKOUT, 'scripts/deploy', script)], env);
  const calls = (await readFile(log, 'utf8').catch(() => '')).trim().split('\n');
  return { ...answer, calls };
}

const place = (calls: string[], start: string) => calls.findIndex((call) => call.startsWith(start));

it('builds, starts, runs the pipeline and prints the links', async () => {
  const { code, stdout, calls } = await deploy('local.mjs');
  expect(code).toBe(0);
  const order = ['docker compose build', 'docker compose up', 'docker compose ps', 'docker compose run'];
  const places = order.map((call) => place(calls, call));
  expect(places).toEqual([...places].sort((a, b) => a - b));
  expect(places).not.toContain(-1);
  expect(stdout).toContain('http://127.0.0.1:8233');
});

it('starts no pipeline on a stack that does not become healthy', async () => {
  const ps = '{"Service":"mlflow","State":"running","Health":"unhealthy","ExitCode":0}';
  const { code, stderr, calls } = await deploy('local.mjs', {}, { 'docker compose ps': ps });
  expect(code).toBe(1);
  expect(stderr).toContain('mlflow (unhealthy)');
  expect(place(calls, 'docker compose run')).toBe(-1);
});

it.each([
  ['local.mjs', { MISSING: 'docker' }, {}, 'docker was not found on PATH'],
  ['local.mjs', {}, { 'docker compose version': null }, 'docker compose 2 or newer was not found'],
  ['local.mjs', {}, { 'docker info': null }, 'The Docker engine does not answer'],
  ['aws.mjs', { MISSING: 'terraform' }, {}, 'terraform was not found on PATH'],
  ['aws.mjs', { MISSING: 'aws' }, {}, 'aws was not found on PATH'],
  ['aws.mjs', { AWS_REGION: '' }, {}, 'AWS_REGION is not set'],
  ['aws.mjs', {}, { 'aws sts': null }, 'AWS takes no credentials from here'],
  ['destroy-aws.mjs', {}, { 'aws sts': null }, 'AWS takes no credentials from here'],
] as const)('%s refuses early: %o %o', async (script, settings, changes, sentence) => {
  const { code, stderr, calls } = await deploy(script, settings, changes);
  expect(code).toBe(1);
  expect(stderr).toContain(sentence);
  expect(stderr.trim().split('\n')).toHaveLength(1);
  expect(calls.filter((call) => /compose (build|up)|init|plan|apply|destroy/.test(call))).toEqual([]);
});

it.each(['aws.mjs', 'destroy-aws.mjs'])('%s changes nothing without consent', async (script) => {
  const { code, stderr, calls } = await deploy(script);
  expect(code).toBe(1);
  expect(stderr).toContain('CONFIRM=yes');
  expect(calls.filter((call) => /terraform \S+ (apply|destroy)|docker (push|build)/.test(call))).toEqual([]);
});

it('plans, applies, pushes the pinned image and starts the pipeline on AWS', async () => {
  const { code, stderr, calls } = await deploy('aws.mjs', { CONFIRM: 'yes' });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const order = ['init', 'plan', 'apply'].map((command) => `terraform -chdir=terraform ${command}`);
  const places = [...order, 'docker login', 'docker build', 'docker push'].map((call) => place(calls, call));
  expect(places).toEqual([...places].sort((a, b) => a - b));
  expect(places).not.toContain(-1);
  expect(calls.some((call) => call.includes('--build-arg NODE_IMAGE=node@sha256:abc'))).toBe(true);
  expect(calls.some((call) => call.includes('-var=image_tag=abc1234'))).toBe(true);
  expect(calls.at(-1)).toBe(
    'npm run start-pipeline -- --dataset s3://bucket/data/anemia-sample.csv on s3://bucket/mlops',
  );
  expect(calls.join()).not.toContain('password-of-ecr');
});
