import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { readConfig } from '../../src/config.js';

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

it('sets nothing that the program does not read, in compose', () => {
  const compose = parse(read('compose.yaml'), { merge: true }) as {
    services: Record<string, { image: string; environment?: object }>;
  };
  const ours = Object.values(compose.services).filter(({ image }) => image === 'anemia-mlops:local');
  const set = ours.flatMap(({ environment = {} }) => Object.keys(environment).join(' ').match(NAME) ?? []);
  expect(ours).toHaveLength(5);
  expect(new Set(set)).toContain('MLOPS_WORKER_ROLE');
  const known = namesRead();
  expect([...new Set(set)].filter((name) => !known.has(name))).toEqual([]);
});
