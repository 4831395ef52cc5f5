import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { metricValues } from '../../../../src/ml/evaluation/metrics.js';
import { precisionRecallCurve, rocCurve, thinCurve } from '../../../../src/ml/evaluation/curves.js';
import { createRandom } from '../../../../src/ml/random.js';

const scores = Float64Array.of(0.9, 0.8, 0.8, 0.8, 0.7, 0.6, 0.6, 0.55, 0.5, 0.4, 0.4, 0.3, 0.2, 0.1);
const labels = Uint8Array.of(1, 1, 0, 1, 0, 0, 1, 1, 1, 0, 0, 0, 0, 0);

const area = (points: [x: number, y: number][]): number =>
  points.slice(1).reduce((sum, [x, y], i) => sum + ((x - points[i]![0]) * (y + points[i]![1])) / 2, 0);
const rocArea = (s: Float64Array, l: Uint8Array): number =>
  area(rocCurve(s, l).map((point) => [point.falsePositiveRate, point.truePositiveRate]));

/** Normal scores, the positives' shifted; rounded they have ties. */
function normalScores(rows: number, shift: number, digits: number, seed: number) {
  const random = createRandom(seed);
  const normal = () => Math.sqrt(-2 * Math.log(1 - random.float())) * Math.cos(2 * Math.PI * random.float());
  const drawn = Uint8Array.from({ length: rows }, () => (random.float() < 0.2 ? 1 : 0));
  drawn.set([0, 1]);
  const scored = Float64Array.from(drawn, (label) => 1 / (1 + Math.exp(-normal() - shift * label)));
  return { scores: scored.map((score) => Number(score.toFixed(digits))), labels: drawn };
}

/** Area under all points of the precision-recall curve, straight from its definition. */
function precisionRecallArea(s: Float64Array, l: Uint8Array): number {
  const order = Array.from(s.keys()).sort((a, b) => s[b]! - s[a]!);
  const positives = l.reduce((sum, label) => sum + label, 0);
  const points: [number, number][] = [[0, 1]];
  let found = 0;
  order.forEach((row, i) => {
    found += l[row]!;
    if (i + 1 === order.length || s[order[i + 1]!] !== s[row]) points.push([found / positives, found / (i + 1)]);
  });
  return area(points);
}

describe('rocCurve', () => {
  it('has the points of scikit-learn, ties and straight lines included', () => {
    // roc_curve([1, 1, 0, 1, ...], [0.9, 0.8, ...]) of scikit-learn 1.9.1
    const rates = [0, 0, 0.125, 0.25, 0.375, 0.375, 0.625, 1];
    const truePositiveRates = [0, 1 / 6, 0.5, 0.5, 4 / 6, 1, 1, 1];
    expect(rocCurve(scores, labels)).toEqual(
      rates.map((falsePositiveRate, i) => ({ falsePositiveRate, truePositiveRate: truePositiveRates[i]! })),
    );
  });

  it('has the area of the Mann-Whitney statistic', () => {
    const row = fc.record({ score: fc.integer({ min: 0, max: 20 }), label: fc.constantFrom(0, 1) });
    fc.assert(
      fc.property(fc.array(row, { maxLength: 150 }), (rows) => {
        const s = Float64Array.from(rows, ({ score }) => score / 20);
        const l = Uint8Array.from(rows, ({ label }) => label);
        const auc = metricValues(s, l, 0.5).values.rocAuc;
        if (auc === null) expect(rocCurve(s, l)).toEqual([]);
        else expect(rocArea(s, l)).toBeCloseTo(auc, 10);
      }),
    );
  });

  it.each([0, 0.5, 1, 2, 5])('keeps its area within 0.001 in 200 points of 50,000 rows, shift %d', (shift) => {
    const drawn = normalScores(50_000, shift, 12, 1);
    const points = rocCurve(drawn.scores, drawn.labels);
    expect(points.length).toBeLessThanOrEqual(200);
    expect(points.length).toBeGreaterThan(20);
    expect(points[0]).toEqual({ falsePositiveRate: 0, truePositiveRate: 0 });
    expect(points.at(-1)).toEqual({ falsePositiveRate: 1, truePositiveRate: 1 });
    const auc = metricValues(drawn.scores, drawn.labels, 0.5).values.rocAuc!;
    expect(Math.abs(rocArea(drawn.scores, drawn.labels) - auc)).toBeLessThan(1e-3);
  });
});

describe('precisionRecallCurve', () => {
  it('has the points of scikit-learn, ties included', () => {
    // precision_recall_curve(..., drop_intermediate=True) of scikit-learn 1.9.1, reversed
    const recalls = [0, 1 / 6, 0.5, 0.5, 4 / 6, 5 / 6, 1, 1];
    const precisions = [1, 1, 0.75, 0.6, 4 / 7, 0.625, 6 / 9, 6 / 14];
    expect(precisionRecallCurve(scores, labels)).toEqual(
      recalls.map((recall, i) => ({ recall, precision: precisions[i]! })),
    );
  });

  it('is empty without positives, and full precision without negatives', () => {
    expect(
      precisionRecallCurve(
        scores,
        labels.map(() => 0),
      ),
    ).toEqual([]);
    const all = precisionRecallCurve(
      scores,
      labels.map(() => 1),
    );
    expect(all.every(({ precision }) => precision === 1)).toBe(true);
  });

  it.each([
    [0, 12],
    [1, 12],
    [2, 3],
    [5, 12],
    [9, 12],
    [-2, 12],
  ])('keeps its area within 0.001 in 200 points of 50,000 rows, shift %d, %d digits', (shift, digits) => {
    const drawn = normalScores(50_000, shift, digits, 2);
    const points = precisionRecallCurve(drawn.scores, drawn.labels);
    expect(points.length).toBeLessThanOrEqual(200);
    const kept = area(points.map(({ recall, precision }) => [recall, precision]));
    expect(Math.abs(kept - precisionRecallArea(drawn.scores, drawn.labels))).toBeLessThan(1e-3);
  });
});

describe('thinCurve', () => {
  const cumulated = (steps: number[]) => {
    let sum = 0;
    return Float64Array.from([0, ...steps], (step) => (sum += step));
  };

  it('keeps every point where there are few', () => {
    const x = Float64Array.of(0, 0.5, 1);
    expect(thinCurve({ x, y: x }, x, 3)).toEqual([0, 1, 2]);
  });

  it('keeps the ends, the order and the area of any rising curve, staircases included', () => {
    const step = fc.tuple(fc.integer({ min: 0, max: 9 }), fc.integer({ min: 0, max: 9 }));
    const stairs = fc.array(
      fc.constantFrom<[number, number][]>(
        [[0, 1]],
        [[1, 0]],
        [
          [0, 1],
          [1, 0],
        ],
      ),
      { minLength: 300, maxLength: 900 },
    );
    const wild = fc.array(step, { minLength: 300, maxLength: 900 });
    fc.assert(
      fc.property(
        fc.oneof(
          stairs.map((parts) => parts.flat()),
          wild,
        ),
        (steps) => {
          const scaled = (values: Float64Array) => values.map((value) => value / Math.max(values.at(-1)!, 1));
          const x = scaled(cumulated(steps.map(([right]) => right)));
          const y = scaled(cumulated(steps.map(([, up]) => up)));
          const kept = thinCurve(
            { x, y },
            x.map((value, i) => value + y[i]!),
            200,
          );
          expect(kept.length).toBeLessThanOrEqual(200);
          expect([kept[0], kept.at(-1)]).toEqual([0, x.length - 1]);
          expect(kept.every((index, i) => i === 0 || index > kept[i - 1]!)).toBe(true);
          const areaOf = (indices: number[]) => area(indices.map((i) => [x[i]!, y[i]!]));
          expect(Math.abs(areaOf(kept) - areaOf([...x.keys()]))).toBeLessThan(1e-3);
        },
      ),
    );
  });

  it('keeps the area of a regular staircase, whose corners all lie on one side of the steps', () => {
    const steps = Array.from({ length: 796 }, (_, i) => (i % 2 === 0 ? 1 : 0));
    const x = cumulated(steps).map((value) => value / 398);
    const y = cumulated(steps.map((value) => 1 - value)).map((value) => value / 398);
    const kept = thinCurve(
      { x, y },
      x.map((value, i) => value + y[i]!),
      200,
    );
    const areaOf = (indices: number[]) => area(indices.map((i) => [x[i]!, y[i]!]));
    expect(Math.abs(areaOf(kept) - areaOf([...x.keys()]))).toBeLessThan(1e-4);
  });
});
