import { join } from 'node:path';
import type { ArtifactRef } from '../../../src/contracts/values.js';
import { PORTABLE_FILES, type PortableFiles } from '../../../src/contracts/results.js';
import { encodeMatrix } from '../../../src/data/matrix.js';
import { encodeTrainingRows } from '../../../src/data/row-fingerprints.js';
import { loadDefinition } from '../../../src/definition/definition.js';
import type { ModelRegistry, ModelVersion } from '../../../src/registry/registry.js';
import { serializeModelDocument } from '../../../src/model/model-document.js';
import { createFileStore } from '../../support/file-store.js';
import { syntheticTable } from '../ml/samples.js';
import { draftOf } from '../registry/draft.js';
import { FEATURES, LOGISTIC, modelDocument } from '../model/models.js';
import { FINGERPRINT_KEY, taskContext } from '../../support/task-context.js';
import { temporaryDirectory } from '../../support/temp.js';
import { logKey } from '../registry/log-key.js';
import { createFileObjects } from '../../../src/store/file-objects.js';
import { createRegistry } from '../../../src/registry/stored-registry.js';

const ROWS = 400;

/** A registry and a store with two versions of a model, trained on the even rows of one table. */
export async function openRegistered() {
  const root = await temporaryDirectory();
  const store = createFileStore(join(root, 'store'));
  let minutes = 0;
  const clock = () => new Date(Date.UTC(2026, 2, 1, 12, minutes++));
  const registry = createRegistry(createFileObjects(join(root, 'registry')), clock, logKey);
  const json = (value: unknown) => store.put(Buffer.from(JSON.stringify(value)));
  const { columns, labels } = syntheticTable(ROWS, FEATURES.length, 3);
  const roles = new Uint8Array(ROWS).map((_, row) => row % 2);
  const trained = Int32Array.from({ length: ROWS / 2 }, (_, i) => 2 * i);
  const names = FEATURES.map(({ name }) => name);
  const shared = {
    matrix: await store.put(encodeMatrix({ names, columns, labels, roles })),
    trainingRows: await store.put(encodeTrainingRows(FINGERPRINT_KEY, { columns, labels }, trained)),
    definition: await json(await loadDefinition('pipelines/anemia.json')),
    profile: await json('profile'),
    reference: await json('reference'),
    evaluation: await json('evaluation'),
  };

  /** Registers a model whose answers depend on a sign: 1 is right about the table, -1 is wrong about it. */
  async function register(sign: 1 | -1, changes: Partial<ModelVersion['lineage']> = {}, name = 'anemia') {
    const features = FEATURES.map((feature) => ({ ...feature, mean: 3, scale: 1 }));
    const estimator = { ...LOGISTIC, intercept: 0, coefficients: [sign, sign, sign] };
    const document = { ...modelDocument(estimator, features), name };
    const draft = draftOf('a', name);
    const files: Record<string, ArtifactRef> = {};
    for (const file of PORTABLE_FILES) files[file] = await store.put(Buffer.from(`${file} of ${sign}`));
    return registry.register({
      ...draft,
      model: await store.put(serializeModelDocument(document)),
      portable: files as PortableFiles,
      lineage: { ...draft.lineage, ...shared, workflowId: `train-${name}-${sign}`, ...(changes as object) },
    });
  }
  const sources = { ...taskContext(store), registry };
  return { root, store, registry, sources, register, pathOf: (ref: ArtifactRef) => store.localPath(ref) };
}

export type Registered = Awaited<ReturnType<typeof openRegistered>>;

/** Versions 1 and 2 of `anemia` serve one after the other; the second is approved by a person. */
export async function bringIntoService(registry: ModelRegistry): Promise<void> {
  const cause = { by: 'someone', reason: 'passed its gate' };
  for (const version of [1, 2]) {
    await registry.setAlias('anemia', { alias: 'champion', version, ...cause });
    const shares = [{ version, functionVersion: String(version), percent: 100 }];
    await registry.record('anemia', { event: 'traffic', target: 'anemia:live', shares, ...cause });
  }
  const approval = { event: 'decision', version: 2, decision: 'approved', run: 'r' } as const;
  await registry.record('anemia', { ...approval, by: 'the reviewer', reason: 'recall is up' });
}
