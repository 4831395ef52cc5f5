import { sigmoid } from '../../../contracts/calibration.js';
import type { ModelFeature } from '../../../contracts/learner.js';
import { MAX_LAYERS, MAX_UNITS } from '../../../contracts/limits.js';
import { checkList, checkRecord } from '../../../model/checks.js';
import { inputReaches, inputsOf, inputWriter } from '../../../model/features.js';
import type { Scoring } from '../learner.js';
import { checkAll, refuseUnlessFinite } from '../linear/score.js';

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

export const neuralNetworkScoring: Scoring<NeuralNetworkEstimator> = {
  check: checkNeuralNetwork,
  row(features, { layers }) {
    const write = inputWriter(features);
    const inputs = new Float64Array(inputsOf(features).length);
    const values = [inputs, ...layers.map(({ biases }) => new Float64Array(biases.length))];
    return (x, offset) => {
      write(x, offset, inputs);
      return sigmoid(forward(layers, values));
    };
  },
};

/** @throws PipelineFailure `ModelInvalid` */
function checkNeuralNetwork(value: unknown, features: ModelFeature[]): NeuralNetworkEstimator {
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

/**
 * Value of the only unit of the last layer; the units before it are rectified.
 * @param values the inputs, then room for the values of every layer; written anew for every row
 */
function forward(layers: Layer[], values: Float64Array[]): number {
  for (let l = 0; l < layers.length; l++) {
    const { weights, biases } = layers[l]!;
    const below = values[l]!;
    const here = values[l + 1]!;
    const hidden = l < layers.length - 1;
    for (let u = 0; u < here.length; u++) {
      const row = weights[u]!;
      let sum = biases[u]!;
      for (let j = 0; j < below.length; j++) sum += row[j]! * below[j]!;
      here[u] = hidden && sum < 0 ? 0 : sum;
    }
  }
  return values[layers.length]![0]!;
}
