import { describe, expect, it, vi } from 'vitest';
import type { CandidateDefinition } from '../../../../src/contracts/definition.js';
import {
  crossValidate,
  summarizeRepeats,
  nestedRepeat,
  type NestedRepeat,
  rankTrials,
} from '../../../../src/ml/evaluation/cross-validate.js';
import { judgeFolds } from '../../../../src/ml/evaluation/folds.js';
import { createRandom } from '../../../../src/ml/random.js';
import { allRows, AS_IT_IS, CART, feature, FOREST, LOGISTIC, score, syntheticTable } from '../samples.js';

const ROWS = 60;
const table = syntheticTable(ROWS, 2, 3);
const depths = (...all: number[]): CandidateDefinition[] =>
  all.map((maxDepth) => ({ ...CART, options: { ...CART.options, maxDepth } }));
const base: NestedRepeat = {
  ...{ table, rows: allRows(ROWS), columns: [feature('a'), feature('b')], score },
  ...{ trials: depths(1, 2, 3), folds: 4, innerFolds: 3, metric: 'rocAuc', decision: AS_IT_IS, seed: 1, repeat: 0 },
};

const TABLES = 30;
const NOISE_ROWS = 40;
const WIDTH = 6;

/** Features that know nothing of the classes, half of each. */
function noise(seed: number) {
  const random = createRandom(seed);
  const column = () => Float64Array.from({ length: NOISE_ROWS }, () => random.float());
  return {
    columns: Array.from({ length: WIDTH }, column),
    labels: Uint8Array.from({ length: NOISE_ROWS }, (_, row) => row % 2),
  };
}

describe('nestedRepeat', () => {
  it('is honest on noise, where the winner of a search flatters itself', () => {
    const columns = Array.from({ length: WIDTH }, (_, column) => feature(`x${column}`));
    const trials = [1, 2, 3].flatMap((maxDepth) =>
      [1, 3, 6].map((featuresPerSplit) => ({
        ...FOREST,
        options: { trees: 2, maxDepth, minLeafRows: 1, featuresPerSplit },
      })),
    );
    const validation = { folds: 4, repeats: 1, confidence: 0.95 };
    let flattering = 0;
    let honest = 0;
    for (let seed = 0; seed < TABLES; seed++) {
      const common = { ...base, table: noise(seed), rows: allRows(NOISE_ROWS), columns, seed };
      const values = trials.map(
        (candidate) => crossValidate({ ...common, candidate, validation }).metrics.rocAuc.value,
      );
      flattering += values[rankTrials(values, 'rocAuc')[0]!]! / TABLES;
      const judged = judgeFolds(nestedRepeat({ ...common, trials }), AS_IT_IS);
      honest += summarizeRepeats([judged], 0.95).metrics.rocAuc.value! / TABLES;
    }
    expect(Math.abs(honest - 0.5)).toBeLessThan(0.03);
    expect(flattering).toBeGreaterThan(0.56);
  });

  it('scores the outer folds of the same repeat of the plain cross-validation, as the winner alone would', () => {
    const folds: Int32Array[] = [];
    const watched = (...[model, values, rows]: Parameters<typeof score>) => {
      folds.push(rows);
      return score(model, values, rows);
    };
    const validation = { folds: 4, repeats: 2, confidence: 0.95 };
    const plain = crossValidate({ ...base, candidate: LOGISTIC, validation, score: watched });
    const nested = [0, 1].map((repeat) => nestedRepeat({ ...base, trials: [LOGISTIC], repeat }));
    expect(nested.flat().map(({ positions }) => positions)).toEqual(folds);
    const summary = summarizeRepeats(
      nested.map((scored) => judgeFolds(scored, AS_IT_IS)),
      0.95,
    );
    expect(summary).toEqual({
      ...{ metrics: plain.metrics, confusion: plain.confusion, foldMetrics: plain.foldMetrics },
    });
  });

  it('chooses without the outer fold: whatever is in it, the winner stays', () => {
    nestedRepeat(base).forEach(({ positions, winner, scores }, fold) => {
      const columns = table.columns.map((column) => column.slice());
      for (const row of positions) for (const column of columns) column[row] = 6 - column[row]!;
      const labels = table.labels.slice();
      const again = nestedRepeat({ ...base, table: { columns, labels } })[fold]!;
      expect([again.winner, again.positions]).toEqual([winner, positions]);
      expect(again.scores).not.toEqual(scores);
    });
  });

  it('chooses by the metric, in its direction', () => {
    const blunt = { ...LOGISTIC, options: { ...LOGISTIC.options, inverseRegularization: 1e-6 } };
    for (const metric of ['logLoss', 'brier', 'accuracy'] as const)
      expect(nestedRepeat({ ...base, trials: [blunt, LOGISTIC], metric }).map(({ winner }) => winner)).toEqual([
        ...[1, 1, 1, 1],
      ]);
  });

  it('is the same for the same seed and tells how far it has come', () => {
    const onTrial = vi.fn();
    expect(nestedRepeat({ ...base, onTrial })).toEqual(nestedRepeat(base));
    expect(nestedRepeat({ ...base, repeat: 1 })).not.toEqual(nestedRepeat(base));
    expect(onTrial.mock.calls.at(-1)).toEqual([12, 12]);
    expect(onTrial).toHaveBeenCalledTimes(12);
  });
});

describe('rankTrials', () => {
  it('has the best first, the earlier of equal ones before, undefined ones last', () => {
    expect(rankTrials([0.7, null, 0.9, 0.9, 0.8], 'rocAuc')).toEqual([2, 3, 4, 0, 1]);
    expect(rankTrials([0.7, null, 0.2, 0.2, 0.3], 'brier')).toEqual([2, 3, 4, 0, 1]);
    expect(rankTrials([null, null], 'rocAuc')).toEqual([0, 1]);
  });
});
