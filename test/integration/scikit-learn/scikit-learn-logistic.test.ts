import { rm } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { fitLogistic } from '../../../src/ml/learners/logistic-regression/fit.js';
import { fitFeatures } from '../../../src/ml/features.js';
import { allRows, feature } from '../../unit/ml/samples.js';
import { makeDirectory } from '../../support/temp.js';
import { askScikitLearn } from './scikit-learn.js';

const STRENGTHS = [0.01, 1, 10, 100];
const TABLES = ['breast cancer', 'wine', 'iris', 'digits', 'diabetes', 'wave'];
const TOLERANCE = 1e-4;
/** scikit-learn's default solver stops where the loss hardly falls, the further from the optimum the weaker the penalty. */
const LBFGS_UP_TO = 1;

/** A table and, per strength, weights with the intercept first. */
interface Found {
  columns: number[][];
  labels: number[];
  fits: { c: number; lbfgs: number[]; newton: number[] }[];
}

describe('logistic regression beside scikit-learn', () => {
  let found: Record<string, Found>;
  beforeAll(async () => {
    const directory = await makeDirectory();
    const asked = askScikitLearn<typeof found>('logistic', directory, { strengths: STRENGTHS });
    found = await asked.finally(() => rm(directory, { recursive: true, force: true }));
  });

  it.each(TABLES)('%s has the same weights within 1e-4, whatever the penalty', (name) => {
    const { columns, labels, fits } = found[name]!;
    const table = { columns: columns.map((column) => Float64Array.from(column)), labels: Uint8Array.from(labels) };
    const names = columns.map((_, j) => feature(`x${j}`));
    const features = fitFeatures(names, table, allRows(labels.length));
    for (const { c, lbfgs, newton } of fits) {
      const options = { inverseRegularization: c, maxIterations: 100 };
      const { intercept, coefficients, converged } = fitLogistic(table.columns, table.labels, features, options);
      expect(converged).toBe(true);
      const far = (theirs: number[]) =>
        Math.max(...[intercept, ...coefficients].map((weight, j) => Math.abs(weight - theirs[j]!)));
      expect(far(newton), `newton-cholesky, C = ${c}`).toBeLessThan(TOLERANCE);
      if (c <= LBFGS_UP_TO) expect(far(lbfgs), `lbfgs, C = ${c}`).toBeLessThan(TOLERANCE);
    }
    expect(fits.map(({ c }) => c)).toEqual(STRENGTHS);
  });
});
