import { z } from 'zod';
import { chanceDoubt } from '../model/chance.js';
import type { ModelCard } from '../contracts/definition.js';
import { PipelineFailure } from '../contracts/failures.js';
import type { MetricName } from '../contracts/vocabulary.js';
import type { MetricTable } from '../contracts/values.js';
import type { ModelDocument } from '../contracts/model.js';
import { card } from '../definition/monitoring-schema.js';
import { featureFormat } from '../model/features.js';
import { parseModelDocument } from '../model/model-document.js';
import { registrationsOf } from '../registry/history.js';
import type { ModelRegistry, ModelVersion } from '../registry/registry.js';
import type { ArtifactStore } from '../store/artifacts.js';

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

/** The card of the definition that a version was learned by, which its store keeps whole. */
async function cardOf(store: ArtifactStore, { lineage }: ModelVersion): Promise<ModelCard> {
  const definition: unknown = JSON.parse(Buffer.from(await store.get(lineage.definition)).toString('utf8'));
  return z.looseObject({ card }).parse(definition).card;
}

/**
 * A model as a component of a CycloneDX 1.5 bill of materials: what it is, what it was made from, how good it was measured,
 * what it is for and what it is not for.
 * @param card that of the definition it was learned by
 */
function modelComponent(version: ModelVersion, document: ModelDocument, card: ModelCard): Record<string, unknown> {
  const { name, model, lineage } = version;
  return {
    type: 'machine-learning-model',
    'bom-ref': `model:${name}@${version.version}`,
    name,
    version: String(version.version),
    hashes: [{ alg: 'SHA-256', content: model.sha256 }],
    modelCard: {
      modelParameters: {
        approach: { type: 'supervised' },
        task: 'binary classification',
        architectureFamily: document.estimator.kind,
        modelArchitecture: lineage.candidate,
        datasets: [
          {
            type: 'dataset',
            name: `rows that ${name} version ${version.version} was trained and judged on`,
            contents: { properties: [{ name: 'sha256', value: lineage.sourceSha256 }] },
          },
        ],
        inputs: document.features.map((feature) => ({ format: featureFormat(feature) })),
        outputs: [
          { format: `class: ${document.labels.negative} or ${document.labels.positive}` },
          { format: 'number: score' },
        ],
      },
      quantitativeAnalysis: {
        performanceMetrics: [
          ...measured(version.crossValidated, 'cross-validated'),
          ...measured(version.holdout.metrics, 'hold-out'),
        ],
      },
      considerations: {
        useCases: [card.intendedUse].filter((use) => use !== ''),
        technicalLimitations: limitsOf(version, card.limits),
      },
    },
  };
}

/** The card's limits; a model that guessing may equal has one more, whatever the card says. */
function limitsOf({ crossValidated }: ModelVersion, limits: string[]): string[] {
  const doubt = chanceDoubt(crossValidated.rocAuc);
  return doubt === null ? limits : [`By cross-validation the model ${doubt}.`, ...limits];
}

function measured(metrics: MetricTable, slice: string): object[] {
  return (Object.keys(metrics) as MetricName[]).flatMap((type) => {
    const { value, low, high } = metrics[type];
    if (value === null) return [];
    const interval =
      low === null || high === null
        ? {}
        : { confidenceInterval: { lowerBound: String(low), upperBound: String(high) } };
    return [{ type, slice, value: String(value), ...interval }];
  });
}
