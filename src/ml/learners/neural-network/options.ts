import { z } from 'zod';
import { MAX_WEIGHTS } from '../../../contracts/limits.js';

const count = z.number().int().min(1);

/** What a definition may set, with limits and defaults. */
export const neuralNetworkOptions = z.strictObject({
  /** Units of each hidden layer, input side first. */
  hiddenUnits: z.array(count.max(256)).min(1).max(4).default([16]),
  /** L2 penalty on weights, not on biases, beside the mean cross-entropy of a row: half of it times their squares. */
  l2Regularization: z.number().min(0).default(0.01),
  epochs: count.max(10_000).default(200),
  learningRate: z.number().positive().max(1).default(0.01),
  /** Rows of a mini-batch; more than there are means all of them. */
  batchRows: count.default(32),
});

/** Complete. */
export type NeuralNetworkOptions = z.output<typeof neuralNetworkOptions>;

/** Refuses networks that no document holds, see `tooLarge` of a learner. */
export function refuseTooManyWeights(written: readonly NeuralNetworkOptions[], features: number) {
  const most = Math.max(...written.map(({ hiddenUnits }) => weightsOf(features, hiddenUnits)));
  if (most <= MAX_WEIGHTS) return null;
  const message = `makes a network of ${most} weights on ${features} features, and a model holds at most ${MAX_WEIGHTS}: name fewer units`;
  return { option: 'hiddenUnits', message };
}

/** Weights and biases of a network. @param hiddenUnits of each hidden layer; one output follows */
function weightsOf(features: number, hiddenUnits: readonly number[]): number {
  let inputs = features;
  let sum = 0;
  for (const units of [...hiddenUnits, 1]) {
    sum += (inputs + 1) * units;
    inputs = units;
  }
  return sum;
}
