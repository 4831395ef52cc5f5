import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { NeuralNetworkOptions } from '../../../src/ml/learners/neural-network/options.js';
import type { Estimator } from '../../../src/ml/learners/index.js';
import { fitCandidate } from '../../../src/ml/learners/fit-candidate.js';
import { fitLogistic } from '../../../src/ml/learners/logistic-regression/fit.js';
import { metricValues } from '../../../src/ml/evaluation/metrics.js';
import { affordableVisits, fitNeuralNetwork } from '../../../src/ml/learners/neural-network/fit.js';
import { fitFeatures } from '../../../src/ml/features.js';
import { createRandom } from '../../../src/ml/random.js';
import type { Table } from '../../../src/ml/table.js';
import { parseModelDocument, serializeModelDocument } from '../../../src/model/model-document.js';
import { scoreRows } from '../../../src/model/predict.js';
import { modelDocument } from '../model/models.js';
import { allRows, feature, syntheticTable } from './samples.js';

const OPTIONS: NeuralNetworkOptions = {
  hiddenUnits: [8],
  l2Regularization: 0.001,
  epochs: 100,
  learningRate: 0.02,
  batchRows: 32,
};

function fit(table: Table, change: Partial<NeuralNetworkOptions> = {}, seed = 1) {
  const rows = allRows(table.labels.length);
  const columns = table.columns.map((_, j) => feature(`x${j}`));
  const features = fitFeatures(columns, table, rows);
  const options = { ...OPTIONS, ...change };
  const { layers, warnings } = fitNeuralNetwork(table.columns, table.labels, features, options, seed);
  const estimator: Estimator = { kind: 'neural-network', layers };
  const scores = scoreRows({ features, estimator, calibration: null }, table, rows);
  return { layers, warnings, features, estimator, scores };
}

/** Two columns in [-1, 1); class 1 where a condition holds. */
function squareTable(n: number, isPositive: (x: number, y: number) => boolean): Table {
  const random = createRandom(11);
  const columns = [0, 1].map(() => Float64Array.from({ length: n }, () => 2 * random.float() - 1));
  const [x, y] = columns as [Float64Array, Float64Array];
  return { columns, labels: Uint8Array.from(x, (value, i) => (isPositive(value, y[i]!) ? 1 : 0)) };
}

const aucOf = (scores: Float64Array, labels: Uint8Array) => metricValues(scores, labels, 0.5).values.rocAuc!;
const weightsOf = ({ layers }: ReturnType<typeof fit>) =>
  layers.flatMap(({ weights, biases }) => [...weights.flat(), ...biases]);

describe('fitNeuralNetwork', () => {
  it('learns XOR, which no linear rule can', () => {
    const corners = {
      columns: [
        [0, 0, 1, 1],
        [0, 1, 0, 1],
      ].map((x) => Float64Array.from(x)),
      labels: Uint8Array.of(0, 1, 1, 0),
    };
    const { scores } = fit(corners, { epochs: 400 });
    corners.labels.forEach((label, i) => expect(Math.abs(scores[i]! - label)).toBeLessThan(0.1));
    const square = squareTable(300, (x, y) => x * y > 0);
    expect(aucOf(fit(square).scores, square.labels)).toBeGreaterThan(0.98);
    expect(aucOf(fit(square, { epochs: 1 }).scores, square.labels)).toBeLessThan(0.95);
  });

  it('learns a linear rule about as well as logistic regression, whose rule it is', () => {
    const table = syntheticTable(600, 3, 3);
    const { features, scores } = fit(table, { l2Regularization: 0.01 });
    const options = { inverseRegularization: 1, maxIterations: 100 };
    const { intercept, coefficients } = fitLogistic(table.columns, table.labels, features, options);
    const estimator: Estimator = { kind: 'logistic-regression', intercept, coefficients };
    const linear = scoreRows({ features, estimator, calibration: null }, table, allRows(600));
    const [ours, theirs] = [scores, linear].map((found) => metricValues(found, table.labels, 0.5).values);
    expect(Math.abs(ours!.rocAuc! - theirs!.rocAuc!)).toBeLessThan(0.01);
    expect(Math.abs(ours!.logLoss! - theirs!.logLoss!)).toBeLessThan(0.02);
  });

  it('is sure of separable data, less so with a strong penalty', () => {
    const table = squareTable(100, (x) => x > 0);
    const spread = ({ scores }: ReturnType<typeof fit>) => Math.max(...scores) - Math.min(...scores);
    expect(spread(fit(table))).toBeGreaterThan(0.98);
    expect(spread(fit(table, { l2Regularization: 1 }))).toBeLessThan(0.5);
  });

  it.each([0, 1])('stays finite for one class only (%d)', (label) => {
    const table = { ...syntheticTable(40, 2, 4), labels: new Uint8Array(40).fill(label) };
    for (const score of fit(table).scores) expect(Math.abs(score - label)).toBeLessThan(0.05);
  });

  it('answers with the share of positives where features say nothing', () => {
    const table = { columns: [new Float64Array(40).fill(7)], labels: new Uint8Array(40).fill(1, 30) };
    for (const score of fit(table, { epochs: 300 }).scores) expect(score).toBeCloseTo(0.25, 1);
  });

  it('takes steps that fall linearly to 0', () => {
    // Standardised to 0, hidden units stay off: only the output's bias moves, by Adam's steps of 1, 3/4, 1/2 and 1/4.
    const table = { columns: [new Float64Array(40).fill(7)], labels: new Uint8Array(40).fill(1) };
    const { layers } = fit(table, { epochs: 4, batchRows: 40, learningRate: 1e-4 });
    expect(layers[1]!.biases[0]).toBeCloseTo(2.5e-4, 7);
    expect(layers[0]!.biases).toEqual(new Array(8).fill(0));
  });

  it('gives the same bytes for the same seed and others for another', () => {
    const table = syntheticTable(60, 2, 5);
    expect(JSON.stringify(fit(table).layers)).toBe(JSON.stringify(fit(table).layers));
    expect(JSON.stringify(fit(table, {}, 2).layers)).not.toBe(JSON.stringify(fit(table).layers));
  });

  it('has finite rounded weights and scores for any small table and options', () => {
    const cell = fc.double({ min: -1e6, max: 1e6, noNaN: true });
    const row = fc.tuple(cell, cell, fc.integer({ min: 0, max: 1 }));
    fc.assert(
      fc.property(
        fc.array(row, { minLength: 1, maxLength: 20 }),
        fc.record({
          hiddenUnits: fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 3 }),
          epochs: fc.integer({ min: 1, max: 20 }),
          learningRate: fc.constantFrom(0.001, 0.1, 1),
          batchRows: fc.integer({ min: 1, max: 40 }),
        }),
        fc.nat(),
        (rows, options, seed) => {
          const table = {
            columns: [0, 1].map((j) => Float64Array.from(rows, (values) => values[j]!)),
            labels: Uint8Array.from(rows, ([, , label]) => label),
          };
          const found = fit(table, options, seed);
          expect(found.layers.map(({ biases }) => biases.length)).toEqual([...options.hiddenUnits, 1]);
          for (const weight of weightsOf(found)) {
            expect(Number.isFinite(weight)).toBe(true);
            expect(Object.is(Number(weight.toPrecision(8)), weight)).toBe(true);
          }
          for (const score of found.scores) expect(score >= 0 && score <= 1).toBe(true);
          expect(fit(table, options, seed)).toEqual(found);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('takes all rows as one batch when they are fewer', () => {
    const table = syntheticTable(20, 2, 6);
    expect(fit(table, { batchRows: 1000 })).toEqual(fit(table, { batchRows: 20 }));
    expect(weightsOf(fit(table, { batchRows: 5 }))).not.toEqual(weightsOf(fit(table, { batchRows: 20 })));
  });

  it('is a candidate whose document reads back and scores the same', () => {
    const table = syntheticTable(80, 3, 7);
    const { features, estimator, scores } = fit(table, {}, 5);
    const candidate = { kind: 'neural-network' as const, name: 'network', options: OPTIONS, search: null };
    const found = fitCandidate(candidate, table, allRows(80), features, 5);
    expect(found).toEqual({ estimator, warnings: [] });
    const ranged = features.map((entry) => ({ ...entry, range: [-100, 100] as [number, number] }));
    const document = parseModelDocument(serializeModelDocument(modelDocument(estimator, ranged)));
    expect(document.estimator).toEqual(estimator);
    expect(scoreRows(document, table, allRows(80))).toEqual(scores);
  });
});

describe('affordableVisits', () => {
  it('leaves small tables alone', () => {
    expect(affordableVisits(83, 200, 97)).toEqual({ visits: 16_600, warnings: [] });
  });

  it('bounds rows times parameters, and says so', () => {
    const { visits, warnings } = affordableVisits(1_000_000, 200, 100);
    expect(visits).toBe(20_000_000);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toMatchObject({ code: 'not-converged' });
    expect(warnings[0]!.message).toMatch(/trained for 20\.0 instead of 200 epochs on 1000000 rows/);
  });

  it('trains on a part of an epoch when even one is too much', () => {
    const { visits, warnings } = affordableVisits(1_000_000, 1, 200_000);
    expect(visits).toBe(10_000);
    expect(warnings[0]!.message).toMatch(/trained for 0\.0100 instead of 1 epochs/);
  });
});
