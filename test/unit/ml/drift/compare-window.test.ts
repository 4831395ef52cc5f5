import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ColumnDrift, Hypothesis } from '../../../../src/contracts/monitoring.js';
import { buildReference } from '../../../../src/ml/drift/build-reference.js';
import { compareWindow, type Window } from '../../../../src/ml/drift/compare-window.js';
import { normals, numbers } from './samples.js';

const POLICY = { minimumEffect: 0.1 };

const logistic = (margin: number): number => 1 / (1 + Math.exp(-margin));

function windowOf(features: Record<string, Float64Array>, scores: Float64Array): Window {
  return {
    features: new Map(Object.entries(features)),
    scores,
    predictions: Uint8Array.from(scores, (score) => (score >= 0.5 ? 1 : 0)),
  };
}

function referenceOf({ features, scores, predictions }: Window) {
  const named = [...features].map(([name, values]) => ({ name, values }));
  return buildReference({ features: named, scores, predictions, labels: predictions });
}

/** Drift of one feature alone. */
function featureDrift(reference: Float64Array, current: Float64Array | null): ColumnDrift {
  const scores = new Float64Array(current?.length ?? 8).fill(0.5);
  const window = windowOf(current === null ? {} : { x: current }, scores);
  return compareWindow(referenceOf(windowOf({ x: reference }, scores)), window, POLICY)[0]!;
}

const about = (column: ColumnDrift, what: Hypothesis['about']) =>
  column.hypotheses.find((found) => found.about === what);

/** Every number anywhere in it. */
function numbersIn(value: unknown): number[] {
  if (typeof value === 'number') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(numbersIn) : [];
}

describe('comparing a window with the reference', () => {
  const reference = windowOf({ r: normals(1, 400), hb: normals(2, 400) }, normals(3, 400).map(logistic));
  const columns = (window: Window) => compareWindow(referenceOf(reference), window, POLICY);

  it('answers every feature in the order of the reference, then the prediction and the score', () => {
    const found = columns(windowOf({ hb: normals(4, 90), r: normals(5, 90) }, normals(6, 90).map(logistic)));
    expect(found.map(({ column, role, kind }) => [column, role, kind])).toEqual([
      ['r', 'feature', 'numeric'],
      ['hb', 'feature', 'numeric'],
      ['prediction', 'prediction', 'categorical'],
      ['score', 'score', 'numeric'],
    ]);
    expect(found.map(({ test }) => test?.name)).toEqual(['ks', 'ks', 'z', 'ks']);
    expect(found.map(({ stability }) => stability?.name)).toEqual(['psi', 'psi', 'psi', 'psi']);
    for (const { hypotheses } of found) {
      for (const { p, adjustedP, drifted } of hypotheses) expect([adjustedP, drifted]).toEqual([p, false]);
    }
  });

  it('sees a shift where there is one and nothing elsewhere', () => {
    const [r, hb] = columns(windowOf({ r: normals(5, 200, 1), hb: normals(4, 200) }, normals(6, 200).map(logistic)));
    expect([r!.stability!.drifted, r!.stability!.value > 5 * hb!.stability!.value]).toEqual([true, true]);
    expect(r!.test!.drifted).toBe(true);
    expect(about(r!, 'distribution')!.p).toBeLessThan(1e-10);
    // The distance of two equal shapes is their shift.
    expect(about(r!, 'distribution')!.effect.value).toBeCloseTo(1, 0);
    expect(hb!.test!.drifted).toBe(false);
    expect(about(hb!, 'distribution')!.p).toBeGreaterThan(0.01);
  });

  it('takes the effect that counts from the policy', () => {
    const found = compareWindow(referenceOf(reference), reference, { minimumEffect: 0.25 });
    for (const column of found)
      expect(about(column, 'distribution')!.effect).toMatchObject({ value: 0, minimum: 0.25 });
  });

  it('treats a feature that the window does not have as missing in every row', () => {
    const window = windowOf({ r: normals(5, 60) }, normals(6, 60).map(logistic));
    const [, hb] = columns(window);
    expect(hb).toMatchObject({ test: null, histogram: null, current: { rows: 0, missing: 60, mean: null } });
    expect(hb!.hypotheses.map((found) => found.about)).toEqual(['missing']);
    expect(about(hb!, 'missing')!.p).toBeLessThan(1e-12);
    expect(about(hb!, 'missing')!.effect).toMatchObject({ value: 1, minimum: 0.05 });
  });

  it('says nothing of an empty window', () => {
    for (const column of columns(windowOf({ r: numbers(), hb: numbers() }, numbers()))) {
      expect(column).toMatchObject({ test: null, histogram: null, hypotheses: [], current: { rows: 0, missing: 0 } });
    }
  });

  it('says something of five rows', () => {
    for (const column of columns(windowOf({ r: normals(5, 5), hb: normals(4, 5) }, normals(6, 5).map(logistic)))) {
      expect(column.test).not.toBeNull();
      expect(column.current.rows).toBe(5);
    }
  });

  it('finds a constant column equal or changed', () => {
    const same = featureDrift(new Float64Array(50).fill(4), new Float64Array(20).fill(4));
    expect(same.test).toEqual({ name: 'z', value: 1, threshold: 0.05, drifted: false });
    expect(same.hypotheses.map(({ p, effect }) => [p, effect.value])).toEqual([
      [1, 0],
      [1, 0],
    ]);
    expect(same.histogram).toEqual({ bins: { categories: ['4'] }, reference: [1], current: [1] });

    const moved = featureDrift(new Float64Array(50).fill(4), new Float64Array(20).fill(5));
    expect(moved.test).toMatchObject({ name: 'z', drifted: true });
    expect(about(moved, 'distribution')!.p).toBeLessThan(1e-10);
    expect(about(moved, 'distribution')!.effect.value).toBeCloseTo(Math.sqrt(Math.LN2), 14);
    expect(about(moved, 'range')!.effect.value).toBe(1);

    const spread = featureDrift(new Float64Array(50).fill(4), normals(1, 20, 4));
    expect(spread.test).toMatchObject({ name: 'ks', drifted: true });
    expect(spread.histogram!.current.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 12);
  });

  it('compares few distinct values as categories', () => {
    const reference = new Float64Array(1200).map((_, i) => i % 3);
    const drift = featureDrift(
      reference,
      new Float64Array(25).map((_, i) => Math.max(0, (i % 5) - 1)),
    );
    expect(drift.kind).toBe('numeric');
    expect(drift.test!.name).toBe('jensen-shannon');
    expect(drift.histogram).toEqual({
      bins: { categories: ['0', '1', '2', '3'] },
      reference: [1 / 3, 1 / 3, 1 / 3, 0],
      current: [0.4, 0.2, 0.2, 0.2],
    });
    expect(featureDrift(reference, numbers(0, 1, 2, 3, 4)).test!.name).toBe('jensen-shannon');
    expect(featureDrift(reference, numbers(0, 1, 2, 3, 4, 5)).test!.name).toBe('wasserstein');
  });

  it('names no value that one to four rows share', () => {
    const reference = new Float64Array(100).map((_, i) => (i < 60 ? 1 : i < 94 ? 2 : 3.125));
    const current = new Float64Array(40).map((_, i) => (i < 20 ? 1 : i < 37 ? 2 : 7.625));
    // 3.125 has six rows and is named by them alone; 7.625 has three, so the rarest named one joins it.
    expect(featureDrift(reference, current).histogram).toEqual({
      bins: { categories: ['1', 'other'] },
      reference: [0.6, 0.4],
      current: [0.5, 0.5],
    });
    expect(featureDrift(reference, reference).histogram!.bins).toEqual({ categories: ['1', '2', '3.125'] });
  });

  it('tells missing values from those out of range', () => {
    const current = normals(7, 100).map((value, i) => (i < 30 ? NaN : i < 40 ? 50 : Math.max(-1, Math.min(1, value))));
    const drift = featureDrift(normals(8, 500), current);
    expect(drift.current).toMatchObject({ rows: 70, missing: 30 });
    expect(about(drift, 'missing')).toMatchObject({ effect: { value: 0.3, minimum: 0.05 } });
    expect(about(drift, 'missing')!.p).toBeLessThan(1e-10);
    expect(about(drift, 'range')!.effect).toMatchObject({ value: 10 / 70, minimum: 0.01 });
    expect(about(drift, 'range')!.p).toBeLessThan(1e-6);
  });

  it('draws both sides over twenty bins, what lies beyond in the outermost', () => {
    const { histogram } = featureDrift(
      new Float64Array(2001).map((_, i) => i),
      numbers(
        ...[-500, 990, 991, 992, 993, 994, 9999, 9998, 9997, 9996, 9995].flatMap((x) => (x < 0 ? [x, x, x, x, x] : x)),
      ),
    );
    expect(histogram!.bins).toHaveProperty('edges.length', 21);
    expect(histogram!.current.filter((share) => share > 0)).toEqual([1 / 3, 1 / 3, 1 / 3]);
    expect([histogram!.current[0], histogram!.current[19]]).toEqual([1 / 3, 1 / 3]);
    expect(histogram!.reference.every((share) => Math.abs(share - 0.05) < 0.01)).toBe(true);
  });

  it('draws neither the extremes of the reference nor bins of one to four rows', () => {
    const reference = normals(3, 83);
    const { histogram } = featureDrift(reference, normals(4, 60, 1));
    const edges = (histogram!.bins as { edges: number[] }).edges;
    const sorted = reference.slice().sort();
    const mean = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0) / values.length;
    expect(edges[0]).toBeCloseTo(mean(sorted.subarray(0, 5)), 12);
    expect(edges[20]).toBeCloseTo(mean(sorted.subarray(75)), 12);
    for (const [rows, shares] of [
      [83, histogram!.reference],
      [60, histogram!.current],
    ] as const) {
      expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 12);
      for (let start = 0; start < 20;) {
        const end = start + shares.slice(start).findIndex((share, i, rest) => rest[i + 1] !== share) + 1;
        const here = rows * shares[start]! * (end - start);
        expect(here < 1e-9 || here > 5 - 1e-9).toBe(true);
        start = end;
      }
    }
  });

  it('gives finite numbers and probabilities for whatever a window holds', () => {
    const value = fc.oneof(
      fc.integer({ min: -2, max: 2 }),
      fc.double({ min: -10, max: 10 }),
      fc.constantFrom(NaN, Infinity, -Infinity, 1e300, -1e300, 5e-324, -0),
    );
    const sample = fc.array(value, { maxLength: 30 }).map((values) => Float64Array.from(values));
    fc.assert(
      fc.property(sample, sample, (a, b) => {
        const drift = featureDrift(a, b);
        expect(numbersIn(drift).filter((found) => !Number.isFinite(found))).toEqual([]);
        expect(drift.current.rows + drift.current.missing).toBe(b.length);
        expect(drift.test === null).toBe(drift.current.rows === 0 || drift.reference.rows === 0);
        for (const { p } of drift.hypotheses) expect(p >= 0 && p <= 1).toBe(true);
      }),
      { numRuns: 400 },
    );
  });
});
