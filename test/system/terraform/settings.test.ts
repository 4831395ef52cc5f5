import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { readConfig } from '../../../src/config/config.js';

const root = readConfig({}).packageRoot;
const read = (...path: string[]) => readFileSync(join(root, ...path), 'utf8');

const NAME = /\b(?:MLOPS|TEMPORAL|OTEL|LOG|MLFLOW_TRACKING|EVIDENTLY)_[A-Z0-9_]+\b/g;

function namesRead(): Set<string> {
  const files = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' });
  const ours = files
    .filter((file) => file.endsWith('.ts'))
    .flatMap((file) => read('src', file).match(/'[A-Z0-9_]+'/g) ?? []);
  const envconfig = dirname(createRequire(import.meta.url).resolve('@temporalio/envconfig'));
  const theirs = readdirSync(envconfig)
    .filter((file) => file.endsWith('.js'))
    .flatMap((file) => readFileSync(join(envconfig, file), 'utf8').match(NAME) ?? []);
  return new Set([...ours.map((quoted) => quoted.slice(1, -1)), ...theirs]);
}

it('sets nothing that the program does not read, on AWS', () => {
  const known = namesRead();
  const set = `${read('terraform/settings.tf')}\n${read('terraform/modules/workers/task.tf')}`.match(NAME) ?? [];
  expect(set.length).toBeGreaterThan(20);
  expect([...new Set(set)].filter((name) => !known.has(name))).toEqual([]);
});

/** What only a developer's own machine has: ports, folders and modules of one's own. */
const LOCAL = [
  ...['MLOPS_TEMPORAL_PORT', 'MLOPS_UI_PORT', 'MLOPS_LAMBDA_PORT', 'MLOPS_REPORTS_PORT'],
  ...['MLOPS_LAMBDA_HOST', 'MLOPS_HOME', 'MLOPS_CACHE', 'MLOPS_LEARNERS', 'MLOPS_ALERT_SINK'],
];

/** What an image has from its build, a host's processors decide, or docs/worker.md leaves to whoever versions workers. */
const ELSEWHERE = [
  'MLOPS_COMMIT',
  'MLOPS_HEALTH_PORT',
  'MLOPS_COMPUTE_THREADS',
  'MLOPS_DEPLOYMENT_NAME',
  'MLOPS_BUILD_ID',
];

/** The codec's server is for one machine's Web UI. */
const CODEC_SERVER = ['MLOPS_CODEC_HOST', 'MLOPS_CODEC_PORT'];

/** Our own settings that programs take from their environment. */
function ownSettings(): string[] {
  const files = readdirSync(join(root, 'src/config')).map((file) => read('src/config', file));
  const names = files.flatMap((text) => text.match(/'MLOPS_[A-Z0-9_]+'/g) ?? []);
  return [...new Set(names.map((quoted) => quoted.slice(1, -1)))].sort();
}

it('passes every setting on, on AWS', () => {
  const set = new Set(`${read('terraform/settings.tf')}\n${read('terraform/modules/workers/task.tf')}`.match(NAME));
  // By default it is AWS that tells who people are where functions are deployed there.
  const left = new Set([...LOCAL, ...ELSEWHERE, ...CODEC_SERVER, 'MLOPS_IDENTITY']);
  expect(ownSettings().length).toBeGreaterThan(30);
  expect(ownSettings().filter((name) => !set.has(name) && !left.has(name))).toEqual([]);
});

/** Names of what compose gives to our own programs, and to how many. */
function setInCompose(): { programs: number; names: Set<string> } {
  const compose = parse(read('compose.yaml'), { merge: true }) as {
    services: Record<string, { image: string; environment?: object }>;
  };
  const ours = Object.values(compose.services).filter(({ image }) => image === 'anemia-mlops:local');
  const names = ours.flatMap(({ environment = {} }) => Object.keys(environment).join(' ').match(NAME) ?? []);
  return { programs: ours.length, names: new Set(names) };
}

it('passes every setting on, in compose', () => {
  const { names } = setInCompose();
  // The emulated bucket holds captures, without a key; our endpoint is the only place to deploy to; compose waits for 10 s.
  const fixed = ['MLOPS_S3_KMS_KEY', 'MLOPS_CAPTURE', 'MLOPS_DEPLOY_TO', 'MLOPS_SHUTDOWN_GRACE'];
  const left = new Set([...LOCAL, ...ELSEWHERE, ...fixed, 'MLOPS_CODEC_PORT']);
  expect(ownSettings().filter((name) => !names.has(name) && !left.has(name))).toEqual([]);
});

it('sets nothing that the program does not read, in compose', () => {
  const { programs, names } = setInCompose();
  expect(programs).toBe(5);
  expect(names).toContain('MLOPS_WORKER_ROLE');
  const known = namesRead();
  expect([...names].filter((name) => !known.has(name))).toEqual([]);
});
