import { z } from 'zod';
import type { ModelCard } from '../../contracts/definition.js';
import { PipelineFailure } from '../../contracts/failures.js';
import { card } from '../../definition/monitoring-schema.js';
import { registrationsOf } from '../../registry/history.js';
import type { ModelRegistry, ModelVersion } from '../../registry/registry.js';
import { parseModelDocument } from '../../model/model-document.js';
import type { ArtifactStore } from '../../store/artifacts.js';
import { modelComponent } from './model-component.js';

/** What is thrown for a record or a file that is not there, or not as it was. */
const GONE: string[] = ['RegistryUnusable', 'ArtifactCorrupt'];

const DESCRIPTION =
  'Gone: its record, or one of the files that describe it, is missing or damaged; only the log of its model knows it.';

/**
 * Every registered version that was not written off as a component of a bill of materials; one that is gone is named as that.
 * @param say is told of those, each in a sentence
 */
export async function modelComponents(
  registry: ModelRegistry,
  store: ArtifactStore,
  say: (line: string) => void,
): Promise<Record<string, unknown>[]> {
  const components: Record<string, unknown>[] = [];
  for (const name of await registry.models())
    for (const [number, { writtenOff, digests }] of registrationsOf(await registry.log(name))) {
      if (writtenOff) continue;
      try {
        const version = await registry.version(name, number);
        const document = parseModelDocument(await store.get(version.model));
        components.push(modelComponent(version, document, await cardOf(store, version)));
      } catch (error) {
        if (!(error instanceof PipelineFailure) || !GONE.includes(error.type)) throw error;
        say(`Version ${number} of model ${name} is listed as gone: ${error.message}`);
        components.push({
          type: 'machine-learning-model',
          'bom-ref': `model:${name}@${number}`,
          name,
          version: String(number),
          description: DESCRIPTION,
          hashes: [{ alg: 'SHA-256', content: digests.model }],
        });
      }
    }
  return components;
}

/** The card of the definition that a version was learned by, which its store keeps whole; `null` of a version that names none. */
async function cardOf(store: ArtifactStore, { lineage }: ModelVersion): Promise<ModelCard | null> {
  if (lineage.definition === null) return null;
  const definition: unknown = JSON.parse(Buffer.from(await store.get(lineage.definition)).toString('utf8'));
  return z.looseObject({ card }).parse(definition).card;
}
