import { describe, expect, it } from 'vitest';
import { fitLogistic } from '../../../src/ml/learners/logistic-regression/fit.js';
import { fitFeatures } from '../../../src/ml/features.js';
import { allRows, feature, syntheticTable } from './samples.js';

const names = ['a', 'b', 'c'].map((name) => feature(name));
const thirty = {
  columns: [
    Float64Array.from({ length: 30 }, (_, i) => i % 7),
    Float64Array.from({ length: 30 }, (_, i) => (i * i) % 11),
    Float64Array.from({ length: 30 }, (_, i) => ((i * 3) % 5) * 0.5),
  ],
  labels: Uint8Array.from('000101100000010001111000011100'.split(''), Number),
};

// scikit-learn 1.9.1: Z = (X - X.mean(0)) / X.std(0);
// LogisticRegression(C=C, tol=1e-12, max_iter=10000, solver='newton-cholesky').fit(Z, y)
const ORACLE = [
  { c: 0.1, intercept: -0.614677496002695, weights: [0.6435434691905647, 0.2903445335547655, 0.0017473926987681648] },
  { c: 1, intercept: -1.0335458604212397, weights: [1.8664600756163976, 0.9017676291899436, 0.002151168580135187] },
  { c: 10, intercept: -1.6521743210262496, weights: [3.1352695914485924, 1.6834812674804418, -0.09950891895679884] },
];

describe('fitLogistic', () => {
  it.each(ORACLE)('agrees with scikit-learn at C = $c', ({ c, intercept, weights }) => {
    const features = fitFeatures(names, thirty, allRows(30));
    const options = { inverseRegularization: c, maxIterations: 100 };
    const fit = fitLogistic(thirty.columns, thirty.labels, features, options);
    expect(fit.converged).toBe(true);
    expect(fit.intercept).toBeCloseTo(intercept, 8);
    fit.coefficients.forEach((weight, j) => expect(weight).toBeCloseTo(weights[j]!, 8));
  });

  it('sums over blocks: the gradient is zero at the optimum of 5000 rows', () => {
    const table = syntheticTable(5000, 3, 1);
    const features = fitFeatures(names, table, allRows(5000));
    const options = { inverseRegularization: 1, maxIterations: 100 };
    const { intercept, coefficients } = fitLogistic(table.columns, table.labels, features, options);
    const gradient = [0, ...coefficients];
    for (let i = 0; i < 5000; i++) {
      const x = [1, ...features.map(({ mean, scale }, j) => (table.columns[j]![i]! - mean) / scale)];
      const margin = [intercept, ...coefficients].reduce((sum, weight, j) => sum + weight * x[j]!, 0);
      const residual = 1 / (1 + Math.exp(-margin)) - table.labels[i]!;
      x.forEach((value, j) => (gradient[j]! += residual * value));
    }
    for (const slope of gradient) expect(Math.abs(slope)).toBeLessThan(1e-6);
  });

  it('converges on separable data and with collinear features', () => {
    const x = Float64Array.from({ length: 20 }, (_, i) => i);
    const table = { columns: [x, x.map((v) => 100 - v), new Float64Array(20)], labels: new Uint8Array(20).fill(1, 10) };
    const features = fitFeatures(names, table, allRows(20));
    const options = { inverseRegularization: 1000, maxIterations: 100 };
    const fit = fitLogistic(table.columns, table.labels, features, options);
    expect(fit.converged).toBe(true);
    expect(fit.coefficients[0]).toBeGreaterThan(1);
    expect(fit.coefficients[1]).toBeCloseTo(-fit.coefficients[0]!, 6);
    expect(fit.coefficients[2]).toBe(0);
  });

  it('says when it ran out of iterations', () => {
    const features = fitFeatures(names, thirty, allRows(30));
    const fit = fitLogistic(thirty.columns, thirty.labels, features, { inverseRegularization: 1, maxIterations: 1 });
    expect(fit).toMatchObject({ iterations: 1, converged: false });
  });
});
