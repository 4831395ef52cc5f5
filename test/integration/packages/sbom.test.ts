import { execFileSync } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { openRegistry, openStore } from '../../../src/compose/composition.js';
import { readConfig } from '../../../src/config/config.js';
import { loadDefinition } from '../../../src/definition/definition.js';
import { serializeModelDocument } from '../../../src/model/model-document.js';
import { draftsIn } from '../../unit/registry/draft.js';
import { modelDocument } from '../../unit/model/models.js';
import { temporaryDirectory } from '../../support/temp.js';
import { serviceProgram } from '../services.js';

interface Bom {
  components: { type: string; name: string; version: string; hashes?: { alg: string }[] }[];
  metadata: { component: { name: string } };
}

let python: string;
beforeAll(() => (python = serviceProgram('python')));

/** What CycloneDX's own validator finds wrong with a document. */
const faultsOf = (bom: Bom): string =>
  execFileSync(python, ['test/integration/packages/sbom.py'], { input: JSON.stringify(bom), encoding: 'utf8' });

it('lists the packages that the product runs with and its models, as CycloneDX wants it', async () => {
  const folder = await temporaryDirectory();
  const config = readConfig({ MLOPS_HOME: join(folder, 'home') });
  const store = openStore(config);
  const document = modelDocument();
  const draft = (await draftsIn(store))('a', 'anemia');
  const definition = await store.put(Buffer.from(JSON.stringify(await loadDefinition('pipelines/anemia.json'))));
  const version = await openRegistry(config).register({
    ...draft,
    model: await store.put(serializeModelDocument(document)),
    lineage: { ...draft.lineage, definition },
  });
  const out = join(folder, 'sbom.json');
  const run = () =>
    execFileSync(process.execPath, ['--import', 'tsx', 'scripts/sbom.ts', '--out', out], {
      env: { ...process.env, MLOPS_HOME: config.home },
    });
  run();
  const bom = JSON.parse(await readFile(out, 'utf8')) as Bom;
  const manifest = JSON.parse(await readFile('package.json', 'utf8')) as Record<string, Record<string, string>>;
  expect(bom.metadata.component.name).toBe('anemia-mlops');
  for (const [name, version] of Object.entries(manifest['dependencies']!))
    expect(bom.components).toContainEqual(expect.objectContaining({ name, version }));
  expect(bom.components.map(({ name }) => name)).not.toContain('vitest');

  expect(bom.components.at(-1)).toMatchObject({
    ...{ type: 'machine-learning-model', name: 'anemia', version: '1' },
    hashes: [{ alg: 'SHA-256', content: version.model.sha256 }],
    modelCard: {
      modelParameters: {
        architectureFamily: document.estimator.kind,
        inputs: document.features.map(({ name, range, unit }) => ({
          format: `number: ${name}, ${range[0]} to ${range[1]} ${unit}`,
        })),
      },
      quantitativeAnalysis: {
        performanceMetrics: expect.arrayContaining([
          expect.objectContaining({ type: 'rocAuc', slice: 'cross-validated' }),
        ]) as unknown,
      },
      considerations: {
        useCases: [expect.stringContaining('Screening for anemia')],
        technicalLimitations: expect.arrayContaining([expect.stringContaining('no diagnosis')]) as unknown,
      },
    },
  });
  expect(faultsOf(bom)).toBe('');
  await rm(await store.localPath(version.model));
  run();
  const without = JSON.parse(await readFile(out, 'utf8')) as Bom;
  expect(without.components).toHaveLength(bom.components.length);
  expect(without.components.at(-1)).toMatchObject({
    version: '1',
    description: expect.stringContaining('Gone') as string,
  });
  expect(faultsOf(without)).toBe('');
  bom.components.at(-1)!.hashes = [{ alg: 'none such' }];
  expect(faultsOf(bom)).not.toBe('');
});
