import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Estimator } from '../../../src/ml/learners/index.js';
import type { ModelFeature } from '../../../src/contracts/learner.js';
import { fitCandidate } from '../../../src/ml/learners/fit-candidate.js';
import { fitLinearSvm, fitMargin } from '../../../src/ml/learners/linear-svm/fit.js';
import { metricValues } from '../../../src/ml/evaluation/metrics.js';
import { fitFeatures } from '../../../src/ml/features.js';
import { stratifiedFolds } from '../../../src/ml/evaluation/split.js';
import { fitSigmoid } from '../../../src/ml/learners/linear/platt.js';
import type { Table } from '../../../src/ml/table.js';
import { parseModelDocument, serializeModelDocument } from '../../../src/model/model-document.js';
import { scoreRows } from '../../../src/model/predict.js';
import { modelDocument } from '../model/models.js';
import { allRows, feature, syntheticTable } from './samples.js';

const OPTIONS = { inverseRegularization: 1, maxIterations: 100, calibrationFolds: 5 };

const featuresOf = (table: Table): ModelFeature[] =>
  fitFeatures(
    table.columns.map((_, j) => feature(`x${j}`)),
    table,
    allRows(table.labels.length),
  );

function fit(table: Table, options = OPTIONS, seed = 1) {
  const features = featuresOf(table);
  const found = fitLinearSvm(table.columns, table.labels, features, options, seed);
  const { intercept, coefficients, platt } = found;
  const estimator: Estimator = { kind: 'linear-svm', intercept, coefficients, platt };
  return { ...found, features, estimator };
}

const scoresOf = ({ features, estimator }: ReturnType<typeof fit>, { columns, labels }: Table) =>
  scoreRows({ features, estimator, calibration: null }, { columns }, allRows(labels.length));

const oneColumn = (values: number[], labels: number[]): Table => ({
  columns: [Float64Array.from(values)],
  labels: Uint8Array.from(labels),
});

/** Gradient of C * sum(max(0, 1 - y * f)^2) + |w|^2 / 2 in intercept and coefficients. */
function gradientOf(table: Table, features: ModelFeature[], weights: number[], c: number): number[] {
  const gradient = weights.map((weight, j) => (j === 0 ? 0 : weight));
  table.labels.forEach((label, i) => {
    const x = [1, ...features.map(({ mean, scale }, j) => (table.columns[j]![i]! - mean) / scale)];
    const y = label === 1 ? 1 : -1;
    const shortfall = Math.max(0, 1 - y * weights.reduce((sum, weight, j) => sum + weight * x[j]!, 0));
    x.forEach((value, j) => (gradient[j]! += -2 * c * y * shortfall * value));
  });
  return gradient;
}

describe('fitMargin', () => {
  it('has the weights worked out by hand', () => {
    // x = -1 and 1, already standardised: intercept 0 by symmetry; w minimises 2C (1 - w)^2 + w^2 / 2: w = 4C / (4C + 1).
    const table = oneColumn([-1, 1], [0, 1]);
    for (const c of [0.25, 1, 100]) {
      const { intercept, coefficients, converged } = fitMargin(table.columns, table.labels, featuresOf(table), {
        ...{ inverseRegularization: c, maxIterations: 100 },
      });
      expect(converged).toBe(true);
      expect(intercept).toBeCloseTo(0, 12);
      expect(coefficients[0]).toBeCloseTo((4 * c) / (4 * c + 1), 12);
    }
  });

  it('does not penalise the intercept: far from 0 it costs nothing', () => {
    // Constant x: every row has f = b, and 3 (1 - b)^2 + (1 + b)^2 is least at b = 1/2.
    const { intercept, coefficients } = fit(oneColumn([7, 7, 7, 7], [1, 1, 1, 0]), {
      ...OPTIONS,
      inverseRegularization: 1e-3,
    });
    expect(intercept).toBeCloseTo(0.5, 12);
    expect(coefficients).toEqual([0]);
  });

  it('ignores rows beyond their margin', () => {
    const table = oneColumn([-1, 1, -1, 1, -0.5], [0, 1, 0, 1, 1]);
    const beyond = oneColumn([-1, 1, -1, 1, -0.5, 40, -40], [0, 1, 0, 1, 1, 1, 0]);
    const features = featuresOf(oneColumn([-1, 1], [0, 1]));
    const [one, other] = [table, beyond].map(({ columns, labels }) => fitMargin(columns, labels, features, OPTIONS));
    expect(other!.intercept).toBeCloseTo(one!.intercept, 12);
    expect(other!.coefficients[0]).toBeCloseTo(one!.coefficients[0]!, 12);
    expect(one!.coefficients[0]).toBeGreaterThan(0.1);
  });

  it.each([0.001, 1, 1000])('has a gradient of zero at the optimum of 3000 rows (C = %d)', (c) => {
    const table = syntheticTable(3000, 3, 5);
    const found = fit(table, { ...OPTIONS, inverseRegularization: c });
    expect(found.converged).toBe(true);
    const gradient = gradientOf(table, found.features, [found.intercept, ...found.coefficients], c);
    for (const slope of gradient) expect(Math.abs(slope)).toBeLessThan(1e-6 * Math.max(c, 1));
  });

  it('finds the optimum of any small table', () => {
    const cell = fc.integer({ min: -5, max: 5 });
    const row = fc.tuple(cell, cell, fc.integer({ min: 0, max: 1 }));
    fc.assert(
      fc.property(
        fc.array(row, { minLength: 1, maxLength: 12 }),
        fc.constantFrom(0.01, 1, 100),
        (rows, inverseRegularization) => {
          const table = {
            columns: [0, 1].map((j) => Float64Array.from(rows, (values) => values[j]!)),
            labels: Uint8Array.from(rows, ([, , label]) => label),
          };
          const found = fit(table, { ...OPTIONS, inverseRegularization });
          expect(found.converged).toBe(true);
          const weights = [found.intercept, ...found.coefficients];
          for (const slope of gradientOf(table, found.features, weights, inverseRegularization))
            expect(Math.abs(slope)).toBeLessThan(1e-6 * Math.max(1, inverseRegularization));
          expect(found.platt.slope).toBeGreaterThanOrEqual(0);
          for (const score of scoresOf(found, table)) expect(score > 0 && score < 1).toBe(true);
          expect(fit(table, { ...OPTIONS, inverseRegularization })).toEqual(found);
        },
      ),
    );
  });

  it('stays finite on separable data with a weak penalty', () => {
    const x = Float64Array.from({ length: 40 }, (_, i) => i);
    const table = { columns: [x, x.map((v) => 100 - v), new Float64Array(40)], labels: new Uint8Array(40).fill(1, 20) };
    const found = fit(table, { ...OPTIONS, inverseRegularization: 1e6 });
    expect(found.converged).toBe(true);
    expect(found.coefficients[0]).toBeGreaterThan(1);
    expect(found.coefficients[1]).toBeCloseTo(-found.coefficients[0]!, 6);
    expect(found.coefficients[2]).toBe(0);
    const scores = scoresOf(found, table);
    expect(scores[0]).toBeLessThan(0.1);
    expect(scores[39]).toBeGreaterThan(0.9);
  });

  it('says when it ran out of iterations, and the candidate warns', () => {
    const table = syntheticTable(200, 3, 2);
    expect(fit(table, { ...OPTIONS, maxIterations: 1 })).toMatchObject({ iterations: 1, converged: false });
    const candidate = (maxIterations: number) => ({
      ...{ kind: 'linear-svm' as const, name: 'svm', options: { ...OPTIONS, maxIterations }, search: null },
    });
    const warningsOf = (maxIterations: number) =>
      fitCandidate(candidate(maxIterations), table, allRows(200), featuresOf(table), 1).warnings;
    expect(warningsOf(1).map(({ code }) => code)).toEqual(['not-converged']);
    expect(warningsOf(1)[0]!.message).toContain('linear SVM did not converge within 1 iterations');
    expect(warningsOf(100)).toEqual([]);
  });
});

describe('fitLinearSvm', () => {
  it('scales decision values of rows that the fit had not seen', () => {
    const table = syntheticTable(60, 3, 4);
    const { features, platt } = fit(table, OPTIONS, 9);
    const assigned = stratifiedFolds(table.labels, allRows(60), 5, 9);
    const values = new Float64Array(60);
    for (let fold = 0; fold < 5; fold++) {
      const train = allRows(60).filter((row) => assigned[row] !== fold);
      const part = {
        columns: table.columns.map((column) => Float64Array.from(train, (row) => column[row]!)),
        labels: Uint8Array.from(train, (row) => table.labels[row]!),
      };
      const { intercept, coefficients } = fitMargin(part.columns, part.labels, features, OPTIONS);
      for (const row of allRows(60).filter((held) => assigned[held] === fold)) {
        values[row] = features.reduce(
          (sum, { mean, scale }, j) => sum + coefficients[j]! * ((table.columns[j]![row]! - mean) / scale),
          intercept,
        );
      }
    }
    const { slope, intercept } = fitSigmoid(values, table.labels);
    expect(platt.slope).toBeCloseTo(slope, 6);
    expect(platt.offset).toBeCloseTo(intercept, 6);
  });

  it('gives probabilities that hold: their mean is the share of positives', () => {
    const table = syntheticTable(2000, 3, 6);
    const scores = scoresOf(fit(table), table);
    const mean = (values: ArrayLike<number>) => Array.from(values).reduce((sum, v) => sum + v, 0) / values.length;
    expect(mean(scores)).toBeCloseTo(mean(table.labels), 2);
    expect(metricValues(scores, table.labels, 0.5).values.rocAuc).toBeGreaterThan(0.9);
  });

  it('scales its own decision values when two folds cannot both have both classes', () => {
    const table = oneColumn([0, 1, 2, 3, 4, 9], [0, 0, 0, 0, 0, 1]);
    const found = fit(table);
    const scores = scoresOf(found, table);
    expect(found.platt.slope).toBeGreaterThan(0);
    expect(scores[5]).toBeGreaterThan(scores[4]!);
    expect(fit(table, OPTIONS, 2)).toEqual(found);
  });

  it.each([0, 1])('answers with the only class that it has seen: %d', (label) => {
    const table = oneColumn(
      [1, 2, 3, 4, 5],
      Array.from({ length: 5 }, () => label),
    );
    const found = fit(table);
    expect(found).toMatchObject({ converged: true, coefficients: [0] });
    expect(found.intercept).toBeCloseTo(label === 1 ? 1 : -1, 12);
    // Platt's smoothed target for 5 rows of one class.
    for (const score of scoresOf(found, table)) expect(score).toBeCloseTo(label === 1 ? 6 / 7 : 1 / 7, 9);
  });

  it('makes a document that reads back and scores the same', () => {
    const table = syntheticTable(80, 3, 7);
    const found = fit(table);
    const features = found.features.map((entry) => ({ ...entry, range: [-100, 100] as [number, number] }));
    const document = parseModelDocument(serializeModelDocument(modelDocument(found.estimator, features)));
    expect(scoreRows(document, table, allRows(80))).toEqual(scoresOf(found, table));
  });
});
