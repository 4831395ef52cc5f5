import { sigmoid } from '../../../model/calibration.js';
import { inputsOf, inputWriter } from '../../../model/features.js';
import type { Scoring } from '../learner.js';
import { checkNeuralNetwork, type Layer, type NeuralNetworkEstimator } from './check.js';

/** How it is checked and scored where it is deployed. */
export const scoring: Scoring<NeuralNetworkEstimator> = {
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
