import type { ModelFeature } from '../../../contracts/learner.js';
import { addSigmoid, type GraphBuilder } from '../../../model/onnx/graph.js';
import { addTreeSum } from '../tree/onnx.js';
import type { GradientBoostingEstimator } from './check.js';

/** Adds the probability, a vector. */
export function addGradientBoosting(
  graph: GraphBuilder,
  filled: string,
  _: ModelFeature[],
  { intercept, trees }: GradientBoostingEstimator,
): string {
  const sum = addTreeSum(graph, filled, trees);
  return addSigmoid(graph, graph.add('Add', [graph.double('Intercept', intercept), sum], 'LogOdds'));
}
