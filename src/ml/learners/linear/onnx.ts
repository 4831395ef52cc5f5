import type { ModelFeature } from '../../../contracts/learner.js';
import { addScaled } from '../../../model/onnx/features.js';
import type { GraphBuilder } from '../../../model/onnx/graph.js';
import type { Linear } from './check.js';

/** Adds intercept and coefficients times scaled inputs, a vector. */
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
