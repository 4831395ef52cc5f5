import { describe, expect, it } from 'vitest';
import type { ModelFeature } from '../../../src/contracts/learner.js';
import { Adam } from '../../../src/ml/learners/neural-network/network.js';
import { Network } from '../../../src/ml/learners/neural-network/network.js';
import { createRandom } from '../../../src/ml/random.js';
import { scoreRow } from '../../../src/model/predict.js';

/** Cross-entropy of one row, from its log-odds. */
const lossAt = (network: Network, row: Float64Array, label: number) => {
  const z = network.logOdds(row, 0);
  return Math.log1p(Math.exp(-Math.abs(z))) + Math.max(label === 1 ? -z : z, 0);
};

function drawn(sizes: number[], seed: number): Network {
  const network = new Network(sizes);
  network.initialise(createRandom(seed));
  return network;
}

describe('Network', () => {
  // Given seeds, not drawn ones: by chance a unit may stand at its kink, where there is no derivative.
  it.each([[[1]], [[4]], [[3, 2]], [[2, 4, 3]]])(
    'has the gradient that finite differences find: %j units',
    (hidden) => {
      const step = 1e-6;
      for (let seed = 0; seed < 20; seed++) {
        const network = drawn([3, ...hidden, 1], seed);
        const random = createRandom(seed, 1);
        const row = Float64Array.from({ length: 3 }, () => 4 * random.float() - 2);
        const { parameters } = network;
        for (let k = 0; k < parameters.length; k++) parameters[k] ||= random.float() - 0.5;
        const label = seed % 2;
        const gradient = new Float64Array(parameters.length).fill(1);
        network.addGradient(row, 0, label, gradient);
        parameters.forEach((value, k) => {
          parameters[k] = value + step;
          const above = lossAt(network, row, label);
          parameters[k] = value - step;
          const slope = (above - lossAt(network, row, label)) / (2 * step);
          parameters[k] = value;
          expect(gradient[k]! - 1).toBeCloseTo(slope, 7);
        });
      }
    },
  );

  it('has the gradient worked out by hand', () => {
    // hidden: 2 * 3 - 1 * 1 + 0.5 = 5.5 and -1 * 3 + 1 + 0 = -2, rectified; log-odds 0.25 * 5.5 - 1.375 = 0
    const network = new Network([2, 2, 1]);
    network.parameters.set([2, -1, -1, 1, 0.5, 0, 0.25, 3, -1.375]);
    expect(network.logOdds(Float64Array.of(9, 3, 1), 1)).toBe(0);
    const gradient = new Float64Array(9);
    network.addGradient(Float64Array.of(9, 3, 1), 1, 1, gradient);
    // residual -0.5; on to the first hidden unit -0.5 * 0.25; the second is off.
    expect([...gradient]).toEqual([-0.375, -0.125, 0, 0, -0.125, 0, -2.75, 0, -0.5]);
    network.addPenalty(0.5, gradient);
    expect([...gradient]).toEqual([0.625, -0.625, -0.5, 0.5, -0.125, 0, -2.625, 1.5, -0.5]);
  });

  it('draws weights within their reach and no biases', () => {
    const [hidden, output] = drawn([6, 50, 1], 3).layers();
    const all = hidden!.weights.flat();
    expect(Math.max(...all.map(Math.abs))).toBeLessThanOrEqual(1);
    expect(Math.max(...all.map(Math.abs))).toBeGreaterThan(0.95);
    expect(Math.abs(all.reduce((sum, weight) => sum + weight, 0) / all.length)).toBeLessThan(0.15);
    expect(Math.max(...output!.weights[0]!.map(Math.abs))).toBeLessThanOrEqual(Math.sqrt(6 / 51));
    expect([...hidden!.biases, ...output!.biases].every((bias) => bias === 0)).toBe(true);
  });

  it('writes 0 for -0, as JSON does', () => {
    const network = new Network([1, 1]);
    network.parameters.fill(-0);
    expect(network.layers()).toEqual([{ weights: [[0]], biases: [0] }]);
  });

  it('answers as serving does with its layers, which have 8 significant digits', () => {
    const network = drawn([2, 5, 4, 1], 8);
    const layers = network.layers();
    const feature = (name: string): ModelFeature => ({
      ...{ name, unit: '', range: [-9, 9], imputation: null, mean: 0, scale: 1 },
    });
    const model = { features: ['a', 'b'].map(feature), calibration: null };
    for (const weight of layers.flatMap(({ weights, biases }) => [...weights.flat(), ...biases]))
      expect(Number(weight.toPrecision(8))).toBe(weight);
    for (const row of [Float64Array.of(1, -2), Float64Array.of(0.3, 4)]) {
      const score = scoreRow({ ...model, estimator: { kind: 'neural-network', layers } }, row);
      expect(Math.log(score / (1 - score))).toBeCloseTo(network.logOdds(row, 0), 5);
    }
  });
});

describe('Adam', () => {
  it('takes the steps of the paper', () => {
    const parameters = Float64Array.of(1, -2, 3);
    const adam = new Adam(parameters);
    // The first step is the step size against the sign, whatever the gradient's size.
    adam.step(Float64Array.of(4, -0.01, 0), 0.1);
    expect([...parameters].map((value) => Number(value.toFixed(6)))).toEqual([0.9, -1.9, 3]);
    // means (0.9 * 0.4 - 0.2) / 0.19 and squares (0.999 * 0.016 + 0.004) / 0.001999
    adam.step(Float64Array.of(-2, 0, 0), 0.1);
    expect(parameters[0]).toBeCloseTo(0.9 - (0.1 * (0.16 / 0.19)) / Math.sqrt(0.019984 / 0.001999), 8);
    expect(parameters[2]).toBe(3);
  });

  it('finds the minimum of a bowl with unequal axes', () => {
    const parameters = Float64Array.of(5, -3);
    const adam = new Adam(parameters);
    for (let i = 0; i < 2000; i++)
      adam.step(Float64Array.of(200 * (parameters[0]! - 1), 0.02 * (parameters[1]! + 1)), 0.05 * (1 - i / 2000));
    expect(parameters[0]).toBeCloseTo(1, 3);
    expect(parameters[1]).toBeCloseTo(-1, 2);
  });
});
