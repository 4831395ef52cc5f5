import { chanceDoubt } from '../../contracts/chance.js';
import type { ModelCard } from '../../contracts/definition.js';
import type { MetricName, MetricTable } from '../../contracts/metrics.js';
import type { ModelDocument, ModelFeature } from '../../contracts/model.js';
import type { ModelVersion } from '../../registry/registry.js';

/**
 * A model as a component of a CycloneDX 1.5 bill of materials: what it is, what it was made from, how good it was measured,
 * what it is for and what it is not for.
 * @param card that of the definition it was learned by, where it is known
 */
export function modelComponent(
  version: ModelVersion,
  document: ModelDocument,
  card: ModelCard | null,
): Record<string, unknown> {
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
        inputs: document.features.map((feature) => ({ format: formatOf(feature) })),
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
        useCases: [card?.intendedUse ?? ''].filter((use) => use !== ''),
        technicalLimitations: limitsOf(version, card?.limits ?? []),
      },
    },
  };
}

/** Like `number: hb, 2 to 25 g/dL`. */
const formatOf = ({ name, unit, range: [min, max] }: ModelFeature): string =>
  `number: ${name}, ${min} to ${max}${unit === '' ? '' : ` ${unit}`}`;

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
