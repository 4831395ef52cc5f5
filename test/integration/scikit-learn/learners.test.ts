import { execFile } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import { dirname, extname, join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { candidateSchema } from '../../../src/definition/candidate-schema.js';
import { readConfig } from '../../../src/config/config.js';
import type { CandidateDefinition } from '../../../src/contracts/definition.js';
import { fitCandidate } from '../../../src/ml/learners/fit-candidate.js';
import { fitMargin } from '../../../src/ml/learners/linear-svm/fit.js';
import { metricValues } from '../../../src/ml/evaluation/metrics.js';
import { fitFeatures } from '../../../src/ml/features.js';
import { type Table, labelsOf, positionsWhere } from '../../../src/ml/table.js';
import { scoreRows } from '../../../src/model/predict.js';
import { allRows, feature } from '../../unit/ml/samples.js';
import { makeDirectory } from '../../support/temp.js';
import { serviceProgram } from '../services.js';

const FOLDS = 5;
const TABLES = ['breast-cancer', 'anemia-sample'] as const;

interface Scores {
  rocAuc: number;
  logLoss: number;
}

/** What learners.py found in a table; weights begin with the intercept. */
interface Found {
  name: string;
  weights: { c: number; scipy: number[]; sklearn: number[] }[];
  scores: Record<'linear-svm' | 'adam' | 'lbfgs', Scores>;
}

interface Compared extends Found {
  table: Table;
  repeats: Uint8Array[];
}

async function compare(): Promise<Map<string, Compared>> {
  const directory = await makeDirectory();
  try {
    const program = serviceProgram('aws');
    const python = join(dirname(program), `python${extname(program)}`);
    const script = join(import.meta.dirname, 'learners.py');
    const sample = join(readConfig().packageRoot, 'data', 'anemia-sample.csv');
    const env = { ...process.env, OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1' };
    await promisify(execFile)(python, [script, directory, sample], { env });
    const found = JSON.parse(await readFile(join(directory, 'learners.json'), 'utf8')) as Found[];
    const entries = found.map(async (one): Promise<[string, Compared]> => {
      const bytes = (kind: string) =>
        readFile(join(directory, `${one.name}.${kind}.bin`)).then((b) => Uint8Array.from(b));
      const [x, labels, folds] = await Promise.all([bytes('x'), bytes('y'), bytes('folds')]);
      const values = new Float64Array(x.buffer);
      const parts = <T>(all: { length: number }, part: (start: number, end: number) => T) =>
        Array.from({ length: all.length / labels.length }, (_, i) => part(i * labels.length, (i + 1) * labels.length));
      const table = { columns: parts(values, (start, end) => values.slice(start, end)), labels };
      return [one.name, { ...one, table, repeats: parts(folds, (start, end) => folds.slice(start, end)) }];
    });
    return new Map(await Promise.all(entries));
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

const columnsOf = ({ columns }: Table) => columns.map((_, j) => feature(`x${j}`));

/** A candidate as a definition that names its kind alone has it. */
const withDefaults = (kind: 'linear-svm' | 'neural-network') =>
  ({ ...candidateSchema().parse({ kind }), search: null }) as CandidateDefinition;

/** Means over all folds. */
function validate(candidate: CandidateDefinition, { table, repeats }: Compared): Scores {
  const mean = { rocAuc: 0, logLoss: 0 };
  repeats.forEach((folds, repeat) => {
    for (let fold = 0; fold < FOLDS; fold++) {
      const train = positionsWhere(folds.length, (row) => folds[row] !== fold);
      const test = positionsWhere(folds.length, (row) => folds[row] === fold);
      const features = fitFeatures(columnsOf(table), table, train);
      const { estimator } = fitCandidate(candidate, table, train, features, repeat * FOLDS + fold);
      const scores = scoreRows({ features, estimator, calibration: null }, table, test);
      const { values } = metricValues(scores, labelsOf(table, test), 0.5);
      mean.rocAuc += values.rocAuc! / (repeats.length * FOLDS);
      mean.logLoss += values.logLoss! / (repeats.length * FOLDS);
    }
  });
  return mean;
}

describe('learners beside scikit-learn, on the same folds', () => {
  let compared: Map<string, Compared>;
  beforeAll(async () => (compared = await compare()), 240_000);

  describe.each(TABLES)('%s', (name) => {
    it('has the weights of the linear support vector machine', () => {
      const { table, weights } = compared.get(name)!;
      const features = fitFeatures(columnsOf(table), table, allRows(table.labels.length));
      for (const { c, scipy, sklearn } of weights) {
        const options = { inverseRegularization: c, maxIterations: 100 };
        const { intercept, coefficients, converged } = fitMargin(table.columns, table.labels, features, options);
        expect(converged).toBe(true);
        const far = (theirs: number[]) => [intercept, ...coefficients].map((w, j) => Math.abs(w - theirs[j]!));
        expect(Math.max(...far(scipy)), `SciPy, C = ${c}`).toBeLessThan(1e-5);
        expect(Math.max(...far(sklearn)), `scikit-learn, C = ${c}`).toBeLessThan(1e-4);
      }
    });

    it('ranks and calibrates as the calibrated linear support vector machine does', () => {
      const ours = validate(withDefaults('linear-svm'), compared.get(name)!);
      const theirs = compared.get(name)!.scores['linear-svm'];
      expect(Math.abs(ours.rocAuc - theirs.rocAuc)).toBeLessThan(0.01);
      expect(Math.abs(ours.logLoss - theirs.logLoss)).toBeLessThan(0.02);
    });

    it('ranks as well as the better multi-layer perceptron, and is less surely wrong', () => {
      const ours = validate(withDefaults('neural-network'), compared.get(name)!);
      const { adam, lbfgs } = compared.get(name)!.scores;
      expect(ours.rocAuc).toBeGreaterThan(Math.max(adam.rocAuc, lbfgs.rocAuc) - 0.01);
      expect(ours.logLoss).toBeLessThan(Math.min(adam.logLoss, lbfgs.logLoss) + 0.02);
    });
  });
});
