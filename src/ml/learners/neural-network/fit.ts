import type { Warning } from '../../../contracts/values.js';
import { inputColumns, inputsOf, type Scaling } from '../../../model/features.js';
import { Adam, Network } from './network.js';
import { createRandom, type Random } from '../../random.js';
import { allPositions } from '../../table.js';
import type { Learner } from '../learner.js';
import { addNeuralNetwork } from './onnx.js';
import { type NeuralNetworkOptions, neuralNetworkOptions, refuseTooManyWeights } from './options.js';
import { scoring } from './score.js';
import type { NeuralNetworkEstimator, Layer } from './check.js';

/** Parameters times rows that one training visits at most: about ten seconds of a free core. */
const MAX_PARAMETER_VISITS = 2e9;

/** One stream of random numbers per purpose. */
const STREAM = { weights: 1, batches: 2 } as const;

/** What {@link fitNeuralNetwork} learned. */
export interface NeuralNetworkFit {
  layers: Layer[];
  warnings: Warning[];
}

/**
 * How many rows training visits, each as often as there are epochs: large tables and networks are trained for fewer
 * epochs, or on a part of one, and say so.
 * @param parameters of the network
 */
export function affordableVisits(
  rows: number,
  epochs: number,
  parameters: number,
): { visits: number; warnings: Warning[] } {
  const wanted = rows * epochs;
  const visits = Math.min(wanted, Math.ceil(MAX_PARAMETER_VISITS / parameters));
  const message = `the neural network was trained for ${(visits / rows).toPrecision(3)} instead of ${epochs} epochs on ${rows} rows, to stay within ${MAX_PARAMETER_VISITS} visits of its ${parameters} parameters; lower epochs or hiddenUnits.`;
  return { visits, warnings: visits < wanted ? [{ code: 'not-converged', message }] : [] };
}

/** Standardised values, row after row. */
function standardisedRows(columns: Float64Array[], inputs: readonly Scaling[], count: number): Float64Array {
  const width = columns.length;
  const rows = new Float64Array(count * width);
  inputs.forEach(({ mean, scale }, j) => {
    const column = columns[j]!;
    for (let i = 0; i < count; i++) rows[i * width + j] = (column[i]! - mean) / scale;
  });
  return rows;
}

/** Adam on mini-batches, every pass over the rows in another order. */
function train(
  network: Network,
  rows: Float64Array,
  labels: Uint8Array,
  visits: number,
  options: NeuralNetworkOptions,
  random: Random,
): void {
  const count = labels.length;
  const width = rows.length / count;
  const order = allPositions(count);
  const gradient = new Float64Array(network.parameters.length);
  const optimiser = new Adam(network.parameters);
  for (let visited = 0, next = count; visited < visits;) {
    if (next >= count) {
      random.shuffle(order);
      next = 0;
    }
    const size = Math.min(options.batchRows, count - next);
    gradient.fill(0);
    for (const end = next + size; next < end; next++) {
      const row = order[next]!;
      network.addGradient(rows, row * width, labels[row]!, gradient);
    }
    for (let k = 0; k < gradient.length; k++) gradient[k]! /= size;
    network.addPenalty(options.l2Regularization, gradient);
    optimiser.step(gradient, options.learningRate * (1 - visited / visits));
    visited += size;
  }
}

/**
 * A multi-layer perceptron with rectified linear units, trained by Adam on shuffled mini-batches. Minimises the mean
 * cross-entropy + l2Regularization / 2 * |weights|^2. The step size falls linearly from `learningRate` to 0, so that the
 * last batches do not decide the result. The same data, options and seed give the same weights.
 * @param columns of d inputs, at least one, n numbers each, without gaps; they are scaled on the way
 * @param inputs how
 * @param labels n classes, 0 or 1
 * @returns the layers, and a warning when the epochs were cut short to bound the work
 */
export function fitNeuralNetwork(
  columns: Float64Array[],
  labels: Uint8Array,
  inputs: readonly Scaling[],
  options: NeuralNetworkOptions,
  seed: number,
): NeuralNetworkFit {
  const network = new Network([columns.length, ...options.hiddenUnits, 1]);
  network.initialise(createRandom(seed, STREAM.weights));
  const { visits, warnings } = affordableVisits(labels.length, options.epochs, network.parameters.length);
  const rows = standardisedRows(columns, inputs, labels.length);
  train(network, rows, labels, visits, options, createRandom(seed, STREAM.batches));
  return { layers: network.layers(), warnings };
}

/** A multi-layer perceptron; see {@link fitNeuralNetwork}. */
export const neuralNetwork: Learner<NeuralNetworkOptions, NeuralNetworkEstimator> = {
  version: null,
  options: neuralNetworkOptions,
  fit({ columns, labels, features, seed }, options) {
    const { layers, warnings } = fitNeuralNetwork(
      inputColumns(features, columns),
      labels,
      inputsOf(features),
      options,
      seed,
    );
    return { estimator: { kind: 'neural-network', layers }, warnings };
  },
  scoring,
  onnx: addNeuralNetwork,
  tooLarge: refuseTooManyWeights,
};
