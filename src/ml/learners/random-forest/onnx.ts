import type { ModelFeature } from '../../../contracts/learner.js';
import type { GraphBuilder } from '../../../model/onnx/graph.js';
import { addTreeSum } from '../tree/onnx.js';
import type { RandomForestEstimator } from './check.js';

/** Adds the probability, a vector. */
export const addRandomForest = (
  graph: GraphBuilder,
  filled: string,
  _: ModelFeature[],
  { trees }: RandomForestEstimator,
): string => graph.add('Div', [addTreeSum(graph, filled, trees), graph.double('Trees', trees.length)], 'TreeMean');
