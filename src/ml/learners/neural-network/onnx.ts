import type { ModelFeature } from '../../../contracts/learner.js';
import { addScaled } from '../../../model/onnx/features.js';
import { addSigmoid, type GraphBuilder } from '../../../model/onnx/graph.js';
import type { Layer, NeuralNetworkEstimator } from './check.js';

/** Adds the probability, a vector. */
export const addNeuralNetwork = (
  graph: GraphBuilder,
  filled: string,
  features: ModelFeature[],
  { layers }: NeuralNetworkEstimator,
): string => addSigmoid(graph, addLayers(graph, addScaled(graph, filled, features), layers));

function addLayers(graph: GraphBuilder, inputs: string, layers: Layer[]): string {
  const last = layers.length - 1;
  const values = layers.reduce((below, layer, depth) => {
    const sums = addUnits(graph, below, layer);
    return depth < last ? graph.add('Relu', [sums], 'Rectified') : sums;
  }, inputs);
  return graph.add('Squeeze', [values, graph.integer('UnitAxis', [1])], 'OutputUnit');
}

/** Adds the sums of a layer: rows x units. */
function addUnits(graph: GraphBuilder, inputs: string, { weights, biases }: Layer): string {
  const [first] = weights;
  const byInput = first!.flatMap((_, j) => weights.map((row) => row[j]!));
  const matrix = graph.double('Weights', byInput, [first!.length, weights.length]);
  return graph.add(
    'Add',
    [graph.add('MatMul', [inputs, matrix], 'WeightedInputs'), graph.double('Biases', biases)],
    'Units',
  );
}
