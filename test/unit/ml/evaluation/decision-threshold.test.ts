import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ThresholdRule } from '../../../../src/contracts/definition.js';
import { chooseThreshold } from '../../../../src/ml/evaluation/decision-threshold.js';

/** Ten rows by descending score: + + - + - - + - - -. */
const SCORES = Float64Array.of(0.95, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1);
const LABELS = Uint8Array.of(1, 1, 0, 1, 0, 0, 1, 0, 0, 0);

const thresholdBy = (rule: ThresholdRule) => chooseThreshold(rule, SCORES, LABELS);

describe('chooseThreshold, worked by hand', () => {
  it.each<[ThresholdRule, number]>([
    [{ rule: 'fixed', value: 0.37 }, 0.37],
    [{ rule: 'recall', atLeast: 0.5 }, 0.85], // 2 of 4 from 0.9 on
    [{ rule: 'recall', atLeast: 0.51 }, 0.65], // 3 of 4 from 0.7 on
    [{ rule: 'recall', atLeast: 0.75 }, 0.65],
    [{ rule: 'recall', atLeast: 1 }, 0.35], // 4 of 4 from 0.4 on
    [{ rule: 'cost', falsePositive: 1, falseNegative: 1 }, 0.85], // 2 mistakes, as at 0.65, but none a false positive
    [{ rule: 'cost', falsePositive: 1, falseNegative: 1.5 }, 0.65], // 1 + 1.5 against 2 * 1.5 and 3
    [{ rule: 'cost', falsePositive: 1, falseNegative: 10 }, 0.35], // 3 false positives against 10 for the last one
    [{ rule: 'cost', falsePositive: 10, falseNegative: 1 }, 0.85],
    [{ rule: 'youden' }, 0.65], // 3/4 + 5/6 against 2/4 + 6/6 and 4/4 + 3/6
  ])('%j gives %d', (rule, threshold) => {
    expect(thresholdBy(rule)).toEqual({ threshold, unreached: null });
  });

  it('calls nothing positive where that is cheapest, and everything where that is', () => {
    const labels = Uint8Array.of(0, 1, 0, 0);
    const scores = Float64Array.of(0.9, 0.5, 0.4, 0.3);
    const cut = (falsePositive: number, falseNegative: number) =>
      chooseThreshold({ rule: 'cost', falsePositive, falseNegative }, scores, labels).threshold;
    expect(cut(100, 1)).toBe(0.95);
    expect(cut(1, 100)).toBe(0.45);
    expect(chooseThreshold({ rule: 'recall', atLeast: 1 }, scores, Uint8Array.of(0, 0, 0, 1)).threshold).toBe(0.1);
  });

  it('of equally good cuts takes the one with the fewest false positives', () => {
    // Youden: 1/2 + 2/2 at the first cut, 2/2 + 1/2 at the last.
    const scores = Float64Array.of(0.8, 0.6, 0.4, 0.2);
    expect(chooseThreshold({ rule: 'youden' }, scores, Uint8Array.of(1, 0, 1, 0)).threshold).toBe(0.7);
  });

  it('never parts rows of one score, nor scores that single precision cannot tell apart', () => {
    const scores = Float64Array.of(0.9, 0.5, 0.5 + 1e-9, 0.5, 0.1);
    const labels = Uint8Array.of(1, 1, 0, 1, 0);
    expect(chooseThreshold({ rule: 'recall', atLeast: 0.4 }, scores, labels).threshold).toBe(0.3);
  });

  it('says how far it got where no threshold above 0 has the recall', () => {
    const found = chooseThreshold(
      { rule: 'recall', atLeast: 0.9 },
      Float64Array.of(1, 0.4, 0, 0),
      Uint8Array.of(1, 0, 1, 0),
    );
    expect(found.threshold).toBe(0.2);
    expect(found.unreached).toMatch(/recall of 0\.9 .* the lowest, 0\.2, finds 1 of 2 positives\.$/);
  });

  it.each<[ThresholdRule, number]>([
    [{ rule: 'recall', atLeast: 0.9 }, 0],
    [{ rule: 'cost', falsePositive: 1, falseNegative: 2 }, 1],
    [{ rule: 'youden' }, 0],
  ])('falls back to 0.5 for %j when all rows are of class %d', (rule, label) => {
    const found = chooseThreshold(rule, SCORES, new Uint8Array(10).fill(label));
    expect(found).toEqual({ threshold: 0.5, unreached: expect.stringContaining('both classes') as string });
  });
});

/** At least one row of each class; coarse scores for ties, exact 0 and 1 among them. */
const rows = fc
  .array(
    fc.tuple(
      fc.oneof(
        fc.integer({ min: 0, max: 20 }).map((i) => i / 20),
        fc.double({ min: 0, max: 1, noNaN: true }),
      ),
      fc.nat(1),
    ),
    {
      minLength: 1,
      maxLength: 40,
    },
  )
  .map((some) => [...some, [0.5, 0], [0.5, 1]] as [number, number][])
  .map((some) => ({
    scores: Float64Array.from(some, ([score]) => score),
    labels: Uint8Array.from(some, ([, label]) => label),
  }));

type Rows = { scores: Float64Array; labels: Uint8Array };

function countsAt({ scores, labels }: Rows, threshold: number) {
  const count = (label: number, called: boolean) =>
    scores.filter((score, i) => labels[i] === label && score >= threshold === called).length;
  return { tp: count(1, true), fn: count(1, false), fp: count(0, true), tn: count(0, false) };
}

/** Every threshold that gives other decisions than its neighbours and that single precision can hold. */
function allCuts({ scores }: Rows): number[] {
  const ends = [...new Set([0, ...scores, 1])].sort((a, b) => a - b);
  return ends
    .slice(1)
    .flatMap((high, i) => (high > 1e-30 && high - ends[i]! > 1e-6 * high ? [(ends[i]! + high) / 2] : []));
}

describe('chooseThreshold, against every cut', () => {
  const cost = fc.double({ min: 0.01, max: 100, noNaN: true });

  it('keeps the recall, and no higher threshold does', () => {
    fc.assert(
      fc.property(rows, fc.double({ min: 0.01, max: 1, noNaN: true }), (given, atLeast) => {
        const recallAt = (threshold: number) => {
          const { tp, fn } = countsAt(given, threshold);
          return tp / (tp + fn);
        };
        const { threshold, unreached } = chooseThreshold({ rule: 'recall', atLeast }, given.scores, given.labels);
        expect(recallAt(threshold) >= atLeast).toBe(unreached === null);
        const called = countsAt(given, threshold);
        for (const other of allCuts(given)) {
          const { tp, fp } = countsAt(given, other);
          if (tp + fp < called.tp + called.fp) expect(recallAt(other)).toBeLessThan(atLeast);
        }
      }),
    );
  });

  it('finds the least cost and the greatest index, with the fewest false positives', () => {
    fc.assert(
      fc.property(rows, cost, cost, (given, falsePositive, falseNegative) => {
        const lossOf: Record<string, (threshold: number) => number> = {
          cost: (threshold) => {
            const { fp, fn } = countsAt(given, threshold);
            return falsePositive * fp + falseNegative * fn;
          },
          youden: (threshold) => {
            const { tp, fp, tn, fn } = countsAt(given, threshold);
            return fp * (tp + fn) - tp * (fp + tn);
          },
        };
        for (const rule of [{ rule: 'cost', falsePositive, falseNegative }, { rule: 'youden' }] as ThresholdRule[]) {
          const { threshold, unreached } = chooseThreshold(rule, given.scores, given.labels);
          expect(unreached).toBeNull();
          const loss = lossOf[rule.rule]!;
          for (const other of allCuts(given)) {
            expect(loss(other)).toBeGreaterThanOrEqual(loss(threshold));
            if (loss(other) === loss(threshold))
              expect(countsAt(given, other).fp).toBeGreaterThanOrEqual(countsAt(given, threshold).fp);
          }
        }
      }),
    );
  });

  it('lies above 0, at most at 1, and on no score, in double as in single precision', () => {
    fc.assert(
      fc.property(rows, cost, (given, falseNegative) => {
        for (const rule of [
          { rule: 'recall', atLeast: 0.8 },
          { rule: 'cost', falsePositive: 1, falseNegative },
          { rule: 'youden' },
        ] as ThresholdRule[]) {
          const { threshold } = chooseThreshold(rule, given.scores, given.labels);
          expect(threshold).toBeGreaterThan(0);
          expect(threshold).toBeLessThanOrEqual(1);
          for (const score of given.scores) {
            expect(score).not.toBe(threshold);
            expect(Math.fround(score) >= Math.fround(threshold)).toBe(score >= threshold);
          }
        }
      }),
    );
  });
});
