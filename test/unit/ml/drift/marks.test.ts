import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { numericReference, markedPlaces, marksLength, marksOf } from '../../../../src/ml/drift/build-reference.js';
import { cellsOf, type Cells } from '../../../../src/ml/drift/cells.js';
import { numericStabilityIndex } from '../../../../src/ml/drift/statistics/psi.js';
import { normals } from './samples.js';

const cellOf = (values: number[]) => Float64Array.from(values).sort();
const number = fc.double({ min: -1e9, max: 1e9, noNaN: true });

describe('marks of a cell', () => {
  it('tell every value of up to twelve rows, to one part in 4095 of the width', () => {
    fc.assert(
      fc.property(fc.array(number, { minLength: 4, maxLength: 12 }), (values) => {
        const cell = cellOf(values);
        const width = cell.at(-1)! - cell[0]!;
        const marks = marksOf(cell);
        expect(marks).toMatch(/^[\w-]*$/);
        expect(marks).toHaveLength(marksLength(cell.length, width));
        if (width === 0) return;
        const inner = cell.subarray(1, -1);
        markedPlaces(marks, inner.length, width).forEach((place, i) =>
          expect(Math.abs(cell[0]! + place - inner[i]!)).toBeLessThanOrEqual(width * 1.3e-4),
        );
      }),
    );
  });

  it('place the rows of larger cells between them, in order', () => {
    const cell = cellOf(Array.from({ length: 122 }, (_, i) => (i / 121) ** 3));
    const places = markedPlaces(marksOf(cell), 120, 1);
    expect(places).toHaveLength(120);
    expect(places).toEqual([...places].sort((a, b) => a - b));
    places.forEach((place, i) => expect(Math.abs(place - cell[i + 1]!)).toBeLessThan(0.01));
  });

  it('are none where the ends and the mean tell all values', () => {
    expect([marksLength(3, 1), marksLength(4, 1), marksLength(1000, 0)]).toEqual([0, 4, 0]);
    expect(marksOf(cellOf([1, 2, 3]))).toBe('');
  });
});

describe('the stability index of a sketch', () => {
  /** Cells of every value. */
  const exactCells = (values: Float64Array): Cells =>
    cellsOf({
      ...numericReference('x', values),
      distribution: { kind: 'exact', values: [...values].sort((a, b) => a - b) },
    });

  it.each([
    [30_000, 2000],
    [76_000, 1600],
    [100_000, 20_000],
  ])('of %i rows is that of all values to 1e-3, with a window of %i', (rows, windowRows) => {
    const values = normals(rows, rows);
    const window = normals(windowRows, windowRows);
    const truth = numericStabilityIndex(exactCells(values), window);
    const cells = cellsOf(numericReference('x', values));
    expect(truth).toBeLessThan(0.02);
    expect(Math.abs(numericStabilityIndex(cells, window) / truth - 1)).toBeLessThan(1e-3);
  });
});
