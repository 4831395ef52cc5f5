import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readConfig } from '../../../src/config/config.js';

interface Manifest {
  version: string;
  dependencies: Record<string, string>;
  overrides: unknown;
}

it('examples install the package of this version, with its overrides', () => {
  const root = readConfig({}).packageRoot;
  const manifest = (...path: string[]) =>
    JSON.parse(readFileSync(join(root, ...path, 'package.json'), 'utf8')) as Manifest;
  const [ours, example] = [manifest(), manifest('examples', 'own-learner')];
  expect(example.dependencies['anemia-mlops']).toBe(`file:anemia-mlops-${ours.version}.tgz`);
  expect(example.overrides).toEqual(ours.overrides);
});
