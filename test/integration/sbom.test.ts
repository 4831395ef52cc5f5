import { execFileSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { modelComponent } from '../../src/cli/models/model-component.js';
import { parseModelDocument } from '../../src/serving/model-document.js';
import { openRegistered } from '../cli/registered.js';
import { temporaryDirectory } from '../support/temp.js';
import { serviceProgram } from './services.js';

interface Bom {
  components: { type: string; name: string; version: string; hashes?: { alg: string }[] }[];
  metadata: { component: { name: string } };
}

let python: string;
beforeAll(() => (python = serviceProgram('python')));

/** What CycloneDX's own validator finds wrong with a document. */
const faultsOf = (bom: Bom): string =>
  execFileSync(python, ['test/integration/sbom.py'], { input: JSON.stringify(bom), encoding: 'utf8' });

it('lists the packages that the product runs with and its models, as CycloneDX wants it', async () => {
  const folder = await temporaryDirectory();
  const out = join(folder, 'sbom.json');
  execFileSync(process.execPath, ['--import', 'tsx', 'scripts/sbom.ts', '--out', out], {
    env: { ...process.env, MLOPS_HOME: join(folder, 'home') },
  });
  const bom = JSON.parse(await readFile(out, 'utf8')) as Bom;
  const manifest = JSON.parse(await readFile('package.json', 'utf8')) as Record<string, Record<string, string>>;
  expect(bom.metadata.component.name).toBe('anemia-mlops');
  for (const [name, version] of Object.entries(manifest['dependencies']!))
    expect(bom.components).toContainEqual(expect.objectContaining({ name, version }));
  expect(bom.components.map(({ name }) => name)).not.toContain('vitest');

  const { register, store } = await openRegistered();
  const version = await register(1);
  const document = parseModelDocument(await store.get(version.model));
  bom.components.push(modelComponent(version, document) as unknown as Bom['components'][number]);
  expect(bom.components.at(-1)).toMatchObject({
    ...{ type: 'machine-learning-model', name: 'anemia', version: '1' },
    hashes: [{ alg: 'SHA-256', content: version.model.sha256 }],
    modelCard: {
      modelParameters: {
        architectureFamily: 'logistic-regression',
        inputs: document.features.map(({ name }) => ({ format: `number: ${name}` })),
      },
      quantitativeAnalysis: {
        performanceMetrics: expect.arrayContaining([
          expect.objectContaining({ type: 'rocAuc', slice: 'cross-validated' }),
        ]) as unknown,
      },
    },
  });
  expect(faultsOf(bom)).toBe('');
  bom.components.at(-1)!.hashes = [{ alg: 'none such' }];
  expect(faultsOf(bom)).not.toBe('');
});
