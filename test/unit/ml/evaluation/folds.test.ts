import { describe, expect, it } from 'vitest';
import { crossValidate } from '../../../../src/ml/evaluation/cross-validate.js';
import { applied, type DecisionPolicy, learnDecision } from '../../../../src/ml/evaluation/decision-threshold.js';
import {
  joined,
  judgeFolds,
  type ScoredFold,
  inRowOrder,
  outOfFoldScores,
  type OutOfFold,
} from '../../../../src/ml/evaluation/folds.js';
import { metricValues } from '../../../../src/ml/evaluation/metrics.js';
import { stratifiedFolds } from '../../../../src/ml/evaluation/split.js';
import { createRandom } from '../../../../src/ml/random.js';
import { AS_IT_IS, CART, feature, FOREST, LOGISTIC, score, syntheticTable } from '../samples.js';

/** Scores that separate well but say too much: probabilities whose log-odds were trebled. */
function boastfulFolds(folds: number, rows: number, seed: number): ScoredFold[] {
  const random = createRandom(seed);
  return Array.from({ length: folds }, () => {
    const fold = { scores: new Float64Array(rows), labels: new Uint8Array(rows) };
    for (let i = 0; i < rows; i++) {
      const margin = 4 * random.float() - 2.5;
      fold.scores[i] = 1 / (1 + Math.exp(-3 * margin));
      fold.labels[i] = random.float() < 1 / (1 + Math.exp(-margin)) ? 1 : 0;
    }
    return fold;
  });
}

const FOLDS = boastfulFolds(5, 300, 1);
const LEARNED: DecisionPolicy[] = [
  { calibration: 'none', threshold: { rule: 'recall', atLeast: 0.9 } },
  { calibration: 'platt', threshold: { rule: 'youden' } },
  { calibration: 'isotonic', threshold: { rule: 'cost', falsePositive: 1, falseNegative: 4 } },
];

describe('judgeFolds', () => {
  it('measures every fold as it is when nothing is learned from scores', () => {
    const policy: DecisionPolicy = { calibration: 'none', threshold: { rule: 'fixed', value: 0.4 } };
    judgeFolds(FOLDS, policy).forEach((judged, i) => {
      const { scores, labels } = FOLDS[i]!;
      expect(judged).toEqual({ ...metricValues(scores, labels, 0.4), scores, threshold: 0.4 });
    });
  });

  it.each(LEARNED)('judges a fold by what the others ask for: $calibration, $threshold.rule', (policy) => {
    const others = joined(FOLDS.slice(1));
    const { calibration, threshold } = learnDecision(policy, others.scores, others.labels);
    const { scores, labels } = FOLDS[0]!;
    const probabilities = applied(calibration, scores);
    expect(judgeFolds(FOLDS, policy)[0]).toEqual({
      ...metricValues(probabilities, labels, threshold),
      scores: probabilities,
      threshold,
    });
  });

  it.each(LEARNED)('lets no label of a fold decide how it is judged: $calibration, $threshold.rule', (policy) => {
    const turned = FOLDS.map((fold, i) =>
      i === 2 ? { ...fold, labels: fold.labels.map((label) => 1 - label) } : fold,
    );
    const [before, after] = [judgeFolds(FOLDS, policy), judgeFolds(turned, policy)];
    expect(after[2]!.scores).toEqual(before[2]!.scores);
    expect(after[2]!.threshold).toBe(before[2]!.threshold);
    expect(after[2]!.values).not.toEqual(before[2]!.values);
    expect(after[1]!.threshold).not.toBe(before[1]!.threshold);
  });

  it.each(['platt', 'isotonic'] as const)('makes boastful scores better probabilities by %s', (calibration) => {
    const mean = (policy: DecisionPolicy, metric: 'brier' | 'rocAuc') =>
      judgeFolds(FOLDS, policy).reduce((sum, { values }) => sum + values[metric]! / FOLDS.length, 0);
    const policy: DecisionPolicy = { ...AS_IT_IS, calibration };
    expect(mean(policy, 'brier')).toBeLessThan(mean(AS_IT_IS, 'brier') - 0.02);
    expect(mean(policy, 'rocAuc')).toBeGreaterThan(mean(AS_IT_IS, 'rocAuc') - 0.01);
  });

  it('reaches about the recall that was asked for on folds that had no say in it', () => {
    const policy: DecisionPolicy = { calibration: 'platt', threshold: { rule: 'recall', atLeast: 0.9 } };
    const recalls = judgeFolds(boastfulFolds(5, 1000, 3), policy).map(({ values }) => values.recall!);
    for (const recall of recalls) expect(Math.abs(recall - 0.9)).toBeLessThan(0.05);
  });
});

describe('learnDecision', () => {
  it('warns of isotonic regression on few rows, and of a rule it could not follow', () => {
    const { scores } = FOLDS[0]!;
    const policy: DecisionPolicy = { calibration: 'isotonic', threshold: { rule: 'youden' } };
    const found = learnDecision(policy, scores, new Uint8Array(300));
    expect(found.threshold).toBe(0.5);
    expect(found.warnings.map(({ code }) => code)).toEqual(['rough-calibration', 'threshold-not-reached']);
    expect(found.warnings[0]!.message).toContain('300 out-of-fold scores; below 1000');
    const all = joined(FOLDS);
    expect(learnDecision(policy, all.scores, all.labels).warnings).toEqual([]);
    expect(learnDecision(AS_IT_IS, scores, new Uint8Array(300))).toEqual({
      ...{ calibration: null, threshold: 0.5, warnings: [] },
    });
  });

  it('chooses the threshold among calibrated scores', () => {
    const all = joined(FOLDS);
    const policy: DecisionPolicy = { calibration: 'platt', threshold: { rule: 'recall', atLeast: 0.8 } };
    const { calibration, threshold } = learnDecision(policy, all.scores, all.labels);
    const values = metricValues(applied(calibration, all.scores), all.labels, threshold).values;
    expect(values.recall).toBeGreaterThanOrEqual(0.8);
    expect(values.recall).toBeLessThan(0.81);
  });
});

const table = syntheticTable(120, 2, 3);
const rows = Int32Array.from({ length: 100 }, (_, i) => i + 10);
const columns = [feature('a'), feature('b')];
const inOrder = (folds: ReturnType<typeof outOfFoldScores>) =>
  inRowOrder(
    folds,
    folds.map(({ scores }) => scores),
  );
const base: OutOfFold = { table, rows, columns, candidate: LOGISTIC, folds: 5, seed: 1, score };

it.each([LOGISTIC, CART, FOREST])('gives the scores of the first repeat of cross-validation of $kind', (candidate) => {
  const scores = inOrder(outOfFoldScores({ ...base, candidate }));
  const folds = stratifiedFolds(table.labels, rows, 5, 1);
  const aucs = [0, 1, 2, 3, 4].map((fold) => {
    const positions = [...rows.keys()].filter((i) => folds[i] === fold);
    const labels = Uint8Array.from(positions, (i) => table.labels[rows[i]!]!);
    return metricValues(
      Float64Array.from(positions, (i) => scores[i]!),
      labels,
      0.5,
    ).values.rocAuc!;
  });
  const validation = { folds: 5, repeats: 1, confidence: 0.95 };
  const { metrics } = crossValidate({ ...base, candidate, validation, decision: AS_IT_IS });
  expect(aucs.reduce((sum, auc) => sum + auc, 0) / 5).toBeCloseTo(metrics.rocAuc.value!, 12);
});

/** Makes scores of row numbers, which are probabilities. */
const SCALE = 1000;

it('scores every row once, in order, with a model that has not seen it', () => {
  const reported: string[] = [];
  const seen = new Map<number, number>();
  const folds = outOfFoldScores({
    ...base,
    table: { ...table, columns: [Float64Array.from({ length: 120 }, (_, i) => i), table.columns[1]!] },
    score: (model, { columns: [first] }, test) => {
      // The mean of the row numbers it was fitted on tells which rows are missing from it.
      const testSum = test.reduce((sum, row) => sum + row, 0);
      const allSum = rows.reduce((sum, row) => sum + row, 0);
      expect(model.features[0]!.mean).toBeCloseTo((allSum - testSum) / (rows.length - test.length), 9);
      test.forEach((row) => seen.set(row, (seen.get(row) ?? 0) + 1));
      return Float64Array.from(test, (row) => first![row]! / SCALE);
    },
    onFold: (done, total) => reported.push(`${done}/${total}`),
  });
  expect([...inOrder(folds)]).toEqual(Array.from(rows, (row) => row / SCALE));
  expect([...seen.values()]).toEqual(Array.from(rows, () => 1));
  expect(reported).toEqual(['1/5', '2/5', '3/5', '4/5', '5/5']);
});
