import type { ModelFeature } from '../../../contracts/learner.js';
import { MAX_LAYERS, MAX_UNITS } from '../../../contracts/limits.js';
import { checkList, checkRecord } from '../../../model/checks.js';
import { inputReaches } from '../../../model/features.js';
import { checkAll, refuseUnlessFinite } from '../linear/check.js';

/** Weights of one layer: `units` sums of all inputs, in input order within each unit. */
export interface Layer {
  /** One row of weights per unit, one weight per input. */
  weights: number[][];
  /** One per unit. */
  biases: number[];
}

/** Hidden layers with rectified linear units on scaled inputs, then one unit with the logistic function. */
export interface NeuralNetworkEstimator {
  kind: 'neural-network';
  layers: Layer[];
}

/** @throws PipelineFailure `ModelInvalid` */
export function checkNeuralNetwork(value: unknown, features: ModelFeature[]): NeuralNetworkEstimator {
  const item = checkRecord(value, 'estimator', ['kind', 'layers']);
  const list = checkList(item.layers, 'estimator.layers', 1, MAX_LAYERS);
  const reaches = inputReaches(features);
  const layers: Layer[] = [];
  for (const [depth, entry] of list.entries()) {
    const inputs = layers.at(-1)?.biases.length ?? reaches.length;
    layers.push(checkLayer(entry, `estimator.layers[${depth}]`, inputs, depth === list.length - 1 ? 1 : MAX_UNITS));
  }
  refuseUnlessFinite(reachOfLayers(layers, reaches));
  return { kind: 'neural-network', layers };
}

function checkLayer(value: unknown, path: string, inputs: number, mostUnits: number): Layer {
  const item = checkRecord(value, path, ['weights', 'biases']);
  const rows = checkList(item.weights, `${path}.weights`, 1, mostUnits);
  return {
    weights: rows.map((row, u) => checkAll(row, `${path}.weights[${u}]`, inputs)),
    biases: checkAll(item.biases, `${path}.biases`, rows.length),
  };
}

/** @param inputs greatest size of each */
function reachOfLayers(layers: Layer[], inputs: number[]): number {
  let reach = inputs;
  for (const { weights, biases } of layers)
    reach = weights.map((row, u) =>
      row.reduce((sum, weight, j) => sum + Math.abs(weight) * reach[j]!, Math.abs(biases[u]!)),
    );
  return Math.max(...reach);
}
