import type { ModelFeature } from '../../../contracts/learner.js';
import { addLine, addSigmoid, type GraphBuilder } from '../../../model/onnx/graph.js';
import { addLinear } from '../linear/onnx.js';
import type { LinearSvmEstimator } from './check.js';

/** Adds the probability, a vector. */
export function addLinearSvm(
  graph: GraphBuilder,
  filled: string,
  features: ModelFeature[],
  estimator: LinearSvmEstimator,
): string {
  const { slope, offset } = estimator.platt;
  return addSigmoid(graph, addLine(graph, addLinear(graph, filled, features, estimator), slope, offset));
}
