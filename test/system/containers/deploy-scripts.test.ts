import { expect, it } from 'vitest';
import { readConfig } from '../../../src/config/config.js';
import { exampleOf } from '../docs/page.js';
import { COMMIT, CONSOLE, consoleOf, deploy, deployByShell, OUTPUTS, place } from './fake-programs.js';

const MTLS = ['TEMPORAL_TLS_CLIENT_CERT_DATA', 'TEMPORAL_TLS_CLIENT_KEY_DATA'];

it('builds, starts, runs the pipeline and prints the links', async () => {
  const { code, stdout, calls } = await deploy('local.mjs');
  expect(code).toBe(0);
  const order = ['docker compose build', 'docker compose up', 'docker compose ps', 'docker compose run'];
  const places = order.map((call) => place(calls, call));
  expect(places).toEqual([...places].sort((a, b) => a - b));
  expect(places).not.toContain(-1);
  expect(stdout).toContain('http://127.0.0.1:8233');
});

it('is what make does as docs/containers.md says, and ends it again', async () => {
  const example = await exampleOf('docs/containers.md');
  const { code, stdout, stderr, calls } = await deployByShell(example.code);
  expect([code, stderr]).toEqual([0, '']);
  expect(stdout).toContain('http://127.0.0.1:8233');
  const order = ['docker compose build', 'docker compose up', 'docker compose run', 'docker compose --profile * down'];
  const places = order.map((call) => place(calls, call));
  expect(places).toEqual([...places].sort((a, b) => a - b));
  expect(places).not.toContain(-1);
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
  ['aws.mjs', { MISSING: 'git' }, {}, 'Git tells no commit'],
  ['aws.mjs', {}, { 'git status': ' M src/client.ts' }, 'commit them, or put them away'],
  ['aws.mjs', {}, { [CONSOLE]: '(known after apply)' }, 'The variable temporal is missing'],
  ['aws.mjs', {}, { [CONSOLE]: null }, 'Terraform does not take its variables'],
  ['aws.mjs', {}, { [CONSOLE]: consoleOf(['TEMPORAL_API_KEY']) }, 'given TEMPORAL_API_KEY by Terraform'],
  [
    'aws.mjs',
    { TEMPORAL_TLS_CLIENT_CERT_PATH: 'x' },
    { [CONSOLE]: consoleOf(MTLS) },
    'given TEMPORAL_TLS_CLIENT_KEY_DATA',
  ],
  ['aws.mjs', { TEMPORAL_PROFILE: 'x' }, { [CONSOLE]: consoleOf(['MLOPS_CODEC_KEYS']) }, 'given MLOPS_CODEC_KEYS'],
  ['local.mjs', { COMPOSE_PROFILES: 'evidently,codec' }, {}, 'MLOPS_CODEC_KEYS is not set'],
  ['destroy-aws.mjs', {}, { 'aws sts': null }, 'AWS takes no credentials from here'],
] as const)('%s refuses early: %o %o', async (script, settings, changes, sentence) => {
  const { code, stderr, calls } = await deploy(script, settings, changes);
  expect(code).toBe(1);
  expect(stderr).toContain(sentence);
  expect(stderr.trim().split('\n')).toHaveLength(1);
  expect(calls.filter((call) => /compose (build|up)|plan|apply|destroy|docker (build|push)/.test(call))).toEqual([]);
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
  expect(calls.some((call) => call.includes(`-var=image_tag=${COMMIT}`))).toBe(true);
  expect(calls.at(-1)).toBe(
    'npm run start-pipeline -- --dataset s3://bucket/data/anemia-sample.csv on s3://bucket/mlops',
  );
  expect(calls.join()).not.toContain('password-of-ecr');
});

it('pushes nothing that the repository has, so that it can be run again', async () => {
  const { code, calls } = await deploy('aws.mjs', { CONFIRM: 'yes' }, { 'aws ecr describe-images': '{}' });
  expect(code).toBe(0);
  expect(calls).toContain(`aws ecr describe-images --repository-name team/worker --image-ids imageTag=${COMMIT}`);
  expect(calls.filter((call) => /docker (login|build|push)/.test(call))).toEqual([]);
  expect(calls.filter((call) => call.startsWith('terraform -chdir=terraform apply'))).toHaveLength(2);
  expect(calls.at(-1)).toContain('start-pipeline');
});

it('tells the image its commit, whatever its tag is', async () => {
  const { code, calls } = await deploy('aws.mjs', { CONFIRM: 'yes', IMAGE_TAG: 'v1.2' });
  expect(code).toBe(0);
  const built = calls.find((call) => call.startsWith('docker build'))!;
  expect(built).toContain('--tag registry.example/team/worker:v1.2');
  const [, commit] = /--build-arg COMMIT=(\S+)/.exec(built)!;
  expect(readConfig({ MLOPS_COMMIT: commit }).commit).toBe(COMMIT);
});

it("brings MLflow's image too before what runs it is made", async () => {
  const outputs = { ...OUTPUTS, mlflow_image: { value: 'registry.example/team/mlflow:3.17.2' } };
  const answers = { 'terraform -chdir=terraform output': JSON.stringify(outputs) };
  const { code, calls } = await deploy('aws.mjs', { CONFIRM: 'yes' }, answers);
  expect(code).toBe(0);
  const ground = calls.find((call) => call.includes(' plan '))!;
  expect(ground).toContain('-target=module.mlflow_registry');
  const pushed = place(calls, 'docker push registry.example/team/mlflow:3.17.2');
  expect(pushed).toBeGreaterThan(place(calls, 'docker build'));
  expect(pushed).toBeLessThan(calls.findLastIndex((call) => call.startsWith('terraform -chdir=terraform apply')));
});

it('destroys what was shown and nothing else', async () => {
  const { code, calls } = await deploy('destroy-aws.mjs', { CONFIRM: 'yes' });
  expect(code).toBe(0);
  const [, plan] = /-destroy -out=(\S+)/.exec(calls.find((call) => call.includes(' plan '))!)!;
  expect(calls.at(-1)).toBe(`terraform -chdir=terraform apply -input=false ${plan}`);
});
