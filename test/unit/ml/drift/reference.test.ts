import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PipelineFailure } from '../../../../src/contracts/failures.js';
import { EXACT_UP_TO_ROWS, type SketchedDistribution } from '../../../../src/contracts/reference.js';
import { buildReference, numericReference, MAX_CELLS, sketchOf } from '../../../../src/ml/drift/build-reference.js';
import { parseReference } from '../../../../src/ml/drift/parse-reference.js';
import { normals, numbers } from './samples.js';

const small = () =>
  buildReference({
    features: [
      { name: 'hb', values: numbers(3, NaN, 1, 2, Infinity) },
      { name: 'empty', values: numbers(NaN, NaN) },
    ],
    scores: numbers(0.2, 0.9, 0.4),
    predictions: Uint8Array.of(0, 1, 0),
    labels: Uint8Array.of(1, 1, 0, 0, 0),
  });

const sketched = (values: Float64Array): SketchedDistribution => {
  const { distribution } = numericReference('x', values);
  if (distribution.kind !== 'sketch') throw new Error('expected a sketch');
  return distribution;
};

describe('reference profile', () => {
  it('keeps the sorted values of few rows, and counts missing ones', () => {
    const { features, prediction, score, labels } = small();
    expect(features[0]).toEqual({
      ...{ name: 'hb', rows: 3, missing: 2, mean: 2, min: 1, max: 3, standardDeviation: Math.sqrt(2 / 3) },
      distribution: { kind: 'exact', values: [1, 2, 3] },
    });
    expect(features[1]).toMatchObject({ rows: 0, missing: 2, mean: null, min: null, standardDeviation: null });
    expect(prediction.categories).toEqual([
      { value: '0', rows: 2 },
      { value: '1', rows: 1 },
    ]);
    expect(score.rows).toBe(3);
    expect(labels).toEqual({ negatives: 3, positives: 2 });
  });

  it('comes back from JSON as it was, exact or sketched', () => {
    const profile = buildReference({
      features: [{ name: 'x', values: normals(1, 12_000) }],
      scores: normals(2, 40),
      predictions: new Uint8Array(40),
      labels: new Uint8Array(40),
    });
    expect(parseReference(JSON.parse(JSON.stringify(profile)))).toEqual(profile);
    expect(parseReference(JSON.parse(JSON.stringify(small())))).toEqual(small());
  });

  it('sketches more than 10,000 rows', () => {
    expect(numericReference('x', normals(1, EXACT_UP_TO_ROWS)).distribution.kind).toBe('exact');
    expect(numericReference('x', normals(1, EXACT_UP_TO_ROWS + 1)).distribution.kind).toBe('sketch');
  });

  it('of five columns of 200,000 rows stays below 3.5 MB of JSON', () => {
    const column = JSON.stringify(numericReference('x', normals(3, 200_000))).length;
    expect(5 * column).toBeLessThan(3.5e6);
  });
});

describe('sketch', () => {
  const values = normals(5, 100_000);
  const sorted = values.slice().sort();
  const { lows, highs, offsets, counts } = sketched(values);

  it('cuts the sorted values into cells that hold all of them, with their means', () => {
    let start = 0;
    counts.forEach((count, k) => {
      const cell = sorted.subarray(start, start + count);
      start += count;
      expect(cell[0]).toBe(lows[k]);
      expect(cell[count - 1]).toBe(highs[k]);
      const mean = cell.reduce((sum, value) => sum + value, 0) / count;
      expect(Math.abs(lows[k]! + offsets[k]! - mean)).toBeLessThanOrEqual(1e-3 * (highs[k]! - lows[k]!));
    });
    expect(start).toBe(values.length);
    expect(counts.length).toBeLessThan(MAX_CELLS);
  });

  it('has single values at both ends and at most 1/8192 of the rows in a cell', () => {
    expect(counts.slice(0, 50)).toEqual(Array<number>(50).fill(1));
    expect(counts.slice(-50)).toEqual(Array<number>(50).fill(1));
    expect(Math.max(...counts)).toBe(Math.floor(values.length / 8192));
  });

  it('gives a frequent value a cell of its own and never divides a value', () => {
    const tied = values.map((value, i) => (i % 4 === 0 ? 0.5 : Math.round(value * 1e4) / 1e4));
    const sketch = sketched(tied);
    const own = sketch.lows.findIndex((low, k) => low === 0.5 && sketch.highs[k] === 0.5);
    expect(sketch.counts[own]).toBe(tied.filter((value) => value === 0.5).length);
    for (let k = 1; k < sketch.lows.length; k++) expect(sketch.lows[k]!).toBeGreaterThan(sketch.highs[k - 1]!);
  });

  it('keeps up to 8192 distinct values apart', () => {
    const { lows, highs, counts } = sketched(new Float64Array(20_000).map((_, i) => i % 8000));
    expect(lows).toEqual(Array.from({ length: 8000 }, (_, i) => i));
    expect(highs).toEqual(lows);
    expect(counts[0]).toBe(3);
    expect(counts[7999]).toBe(2);
  });

  it('does not bridge a gap between two humps', () => {
    const humps = values.map((value, i) => (i % 2 === 0 ? value : 100 + value));
    const { lows, highs } = sketched(humps);
    expect(lows.filter((low, k) => low < 50 && highs[k]! > 50)).toEqual([]);
  });

  it('stays within its bound and loses no row, whatever the ties and scales', () => {
    const value = fc.oneof(fc.integer({ min: -3, max: 3 }), fc.double({ noNaN: true, noDefaultInfinity: true }));
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 300 }), (sample) => {
        const { lows, counts } = sketchOf(Float64Array.from(sample, (v) => v + 0).sort());
        expect(lows).toEqual([...new Set(sample)].sort((a, b) => a - b).map((v) => v + 0));
        expect(counts.reduce((sum, count) => sum + count, 0)).toBe(sample.length);
      }),
    );
  });
});

describe('reading a reference profile', () => {
  type Json = Record<string, unknown> & { features: Record<string, unknown>[] };
  const document = (): Json => JSON.parse(JSON.stringify(small())) as Json;
  const sketchDocument = (): Json & { sketch: SketchedDistribution } => {
    const values = normals(1, 45_000);
    const json = {
      ...document(),
      features: [JSON.parse(JSON.stringify(numericReference('x', values))) as Json],
    } as Json;
    return { ...json, sketch: json.features[0]!.distribution as SketchedDistribution };
  };
  const failureOf = (json: unknown): PipelineFailure => {
    try {
      parseReference(json);
    } catch (error) {
      if (error instanceof PipelineFailure) return error;
    }
    throw new Error('It was not refused.');
  };
  const exact = (json: Json, values: unknown) =>
    Object.assign(json.features[0]!, { distribution: { kind: 'exact', values } });

  it.each<[what: string, path: string, spoil: (json: Json) => void]>([
    ['another version', 'schemaVersion', (json) => (json.schemaVersion = 2)],
    ['no list of features', 'features', (json) => (json.features = null as never)],
    ['a name twice', 'features', (json) => json.features.push(json.features[0]!)],
    ['a name without text', 'features[0].name', (json) => (json.features[0]!.name = '')],
    ['a fraction of a row', 'features[0].rows', (json) => (json.features[0]!.rows = 2.5)],
    ['fewer values than rows', 'features[0].distribution.values', (json) => exact(json, [1, 3])],
    ['values out of order', 'features[0].distribution.values', (json) => exact(json, [1, 3, 2])],
    ['a value that is none', 'features[0].distribution.values[1]', (json) => exact(json, [1, null, 3])],
    ['another minimum', 'features[0].min', (json) => (json.features[0]!.min = 0)],
    ['no mean', 'features[0].mean', (json) => (json.features[0]!.mean = null)],
    ['a negative deviation', 'features[0].standardDeviation', (json) => (json.features[0]!.standardDeviation = -1)],
    ['another kind', 'features[0].distribution.kind', (json) => (json.features[0]!.distribution = { kind: 'guess' })],
    ['more exact rows than allowed', 'features[0].distribution.values', (json) => (json.features[0]!.rows = 10_001)],
    [
      'categories that do not add up',
      'prediction.categories',
      (json) => ((json.prediction as { rows: number }).rows = 4),
    ],
    ['labels left out', 'labels.negatives', (json) => (json.labels = { positives: 1 })],
  ])('refuses %s', (_, path, spoil) => {
    const json = document();
    spoil(json);
    const { type, message } = failureOf(json);
    expect(type).toBe('ArtifactCorrupt');
    expect(message).toMatch(new RegExp(`^Reference profile: ${path.replace(/[[\].]/g, '\\$&')}[ ,.]`));
  });

  it.each<[what: string, spoil: (sketch: SketchedDistribution) => void]>([
    ['lists of different lengths', ({ highs }) => highs.pop()],
    ['cells out of order', ({ lows }) => lows.reverse()],
    ['a cell upside down', ({ lows, highs }) => (highs[9] = lows[9]! - 1e-9)],
    ['a mean outside its cell', ({ offsets }) => (offsets[0] = 1)],
    ['an empty cell', ({ counts }) => (counts[3] = 0)],
    ['counts that do not add up', ({ counts }) => counts[3]!++],
    ['marks that are too few', (sketch) => (sketch.marks = sketch.marks.slice(2))],
    ['marks of other characters', (sketch) => (sketch.marks = `*${sketch.marks.slice(1)}`)],
    ['too many cells', ({ lows }) => lows.push(...Array<number>(MAX_CELLS).fill(1e9))],
  ])('refuses a sketch with %s', (_, spoil) => {
    const json = sketchDocument();
    spoil(json.sketch);
    const { type, message } = failureOf(json);
    expect(type).toBe('ArtifactCorrupt');
    expect(message).toContain('features[0].distribution');
  });

  it('names no value', () => {
    const json = document();
    exact(json, [1, 41.4142, 2]);
    expect(failureOf(json).message).not.toContain('41');
  });

  it.each([null, 'text', 7, [], {}])('refuses %j', (json) => expect(failureOf(json).type).toBe('ArtifactCorrupt'));
});
