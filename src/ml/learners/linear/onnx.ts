import type { ModelFeature } from '../../../contracts/learner.js';
import type { GraphBuilder } from '../../../model/onnx/graph.js';
import type { Linear } from './score.js';

/** Adds the standardised features: rows x features. */
export function addScaled(graph: GraphBuilder, filled: string, features: ModelFeature[]): string {
  const means = graph.double(
    'Means',
    features.map(({ mean }) => mean),
  );
  const scales = graph.double(
    'Scales',
    features.map(({ scale }) => scale),
  );
  return graph.add('Div', [graph.add('Sub', [filled, means], 'Centred'), scales], 'Scaled');
}

/** Adds intercept and coefficients times standardised features, a vector. */
export function addLinear(
  graph: GraphBuilder,
  filled: string,
  features: ModelFeature[],
  { intercept, coefficients }: Linear,
): string {
  const scaled = addScaled(graph, filled, features);
  const sum = graph.add('MatMul', [scaled, graph.double('Coefficients', coefficients)], 'WeightedSum');
  return graph.add('Add', [sum, graph.double('Intercept', intercept)], 'LinearSum');
}
