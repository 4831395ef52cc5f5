import type { MetricName, MetricTable } from '../../contracts/metrics.js';
import type { ModelDocument } from '../../contracts/model.js';
import type { ModelVersion } from '../../registry/registry.js';

/** A model as a component of a CycloneDX 1.5 bill of materials: what it is, what it was made from, how good it was measured. */
export function modelComponent(version: ModelVersion, document: ModelDocument): Record<string, unknown> {
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
        inputs: document.features.map((feature) => ({ format: `number: ${feature.name}` })),
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
    },
  };
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
