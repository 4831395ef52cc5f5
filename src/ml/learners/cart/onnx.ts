import type { ModelFeature } from '../../../contracts/learner.js';
import type { GraphBuilder } from '../../../model/onnx/graph.js';
import { addTreeSum } from '../tree/onnx.js';
import type { CartEstimator } from './check.js';

/** Adds the probability, a vector. */
export const addCart = (graph: GraphBuilder, filled: string, _: ModelFeature[], { tree }: CartEstimator): string =>
  addTreeSum(graph, filled, [tree]);
