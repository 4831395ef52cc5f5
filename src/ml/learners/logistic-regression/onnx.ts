import type { ModelFeature } from '../../../contracts/learner.js';
import { addSigmoid, type GraphBuilder } from '../../../model/onnx/graph.js';
import { addLinear } from '../linear/onnx.js';
import type { LogisticRegressionEstimator } from './check.js';

/** Adds the probability, a vector. */
export const addLogisticRegression = (
  graph: GraphBuilder,
  filled: string,
  features: ModelFeature[],
  estimator: LogisticRegressionEstimator,
): string => addSigmoid(graph, addLinear(graph, filled, features, estimator));
