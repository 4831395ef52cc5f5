import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeMatrix, encodeMatrix, type Matrix } from '../../../src/data/matrix.js';

const SMALL: Matrix = {
  names: ['r', 'größe'],
  columns: [Float64Array.of(1.5, NaN, -0), Float64Array.of(1e308, 5e-324, -7)],
  labels: Uint8Array.of(0, 1, 1),
  roles: Uint8Array.of(2, 0, 1),
};

describe('a matrix', () => {
  it('survives encoding, and the same matrix gives the same bytes', () => {
    const bytes = encodeMatrix(SMALL);
    expect(decodeMatrix(bytes)).toEqual(SMALL);
    expect(encodeMatrix(SMALL)).toEqual(bytes);
  });

  it('is laid out as documented', () => {
    const bytes = Buffer.from(encodeMatrix(SMALL));
    expect(bytes.toString('latin1', 0, 8)).toBe('MATRIX1\n');
    const start = 12 + bytes.readUInt32LE(8);
    expect(start % 8).toBe(0);
    expect(JSON.parse(bytes.toString('utf8', 12, start))).toEqual({ names: SMALL.names, rows: 3 });
    expect(bytes.readDoubleLE(start)).toBe(1.5);
    expect(bytes.readDoubleLE(start + 40)).toBe(-7);
    expect([...bytes.subarray(start + 48)]).toEqual([0, 1, 1, 2, 0, 1]);
  });

  it('carries groups, and no word of them where there are none', () => {
    const grouped = { ...SMALL, groups: Int32Array.of(0, 2, 0) };
    const bytes = encodeMatrix(grouped);
    expect(decodeMatrix(bytes)).toEqual(grouped);
    expect(bytes.length).toBeGreaterThan(encodeMatrix(SMALL).length);
    expect(() => decodeMatrix(bytes.subarray(0, -1))).toThrow(expect.objectContaining({ type: 'ArtifactCorrupt' }));
    expect(() => encodeMatrix({ ...SMALL, groups: Int32Array.of(1) })).toThrow(RangeError);
  });

  it.each([-1, 3, 70_000])('takes no group that no row can have: %d', (group) => {
    const bytes = encodeMatrix({ ...SMALL, groups: Int32Array.of(0, group, 0) });
    expect(() => decodeMatrix(bytes)).toThrow('has a group outside 0 to 2');
  });

  it('shares memory with aligned bytes and copies others', () => {
    const bytes = encodeMatrix(SMALL);
    const aligned = new Uint8Array(bytes.length);
    aligned.set(bytes);
    expect(decodeMatrix(aligned).columns[0]!.buffer).toBe(aligned.buffer);
    const shifted = new Uint8Array(bytes.length + 3).subarray(3);
    shifted.set(bytes);
    expect(decodeMatrix(shifted)).toEqual(SMALL);
  });

  it('of any shape survives', () => {
    const matrices = fc.nat({ max: 20 }).chain((rows) =>
      fc.record({
        columns: fc.array(fc.float64Array({ minLength: rows, maxLength: rows }), { maxLength: 4 }),
        labels: fc.uint8Array({ minLength: rows, maxLength: rows, max: 1 }),
        roles: fc.uint8Array({ minLength: rows, maxLength: rows }),
      }),
    );
    fc.assert(
      fc.property(matrices, fc.string(), (parts, name) => {
        const matrix = { names: parts.columns.map((_, index) => name + String(index)), ...parts };
        expect(decodeMatrix(encodeMatrix(matrix))).toEqual(matrix);
      }),
    );
  });

  it.each([
    ['nothing', () => new Uint8Array()],
    ['another file', () => Buffer.from('PAR1'.repeat(20))],
    ['another version', (bytes: Buffer) => bytes.fill('MATRIX2\n', 0, 8)],
    ['a byte too few', (bytes: Buffer) => bytes.subarray(0, -1)],
    ['a byte too many', (bytes: Buffer) => Buffer.concat([bytes, Buffer.of(0)])],
    ['a header longer than the file', (bytes: Buffer) => (bytes.writeUInt32LE(0xffffffff, 8), bytes)],
    ['a header that is not JSON', (bytes: Buffer) => bytes.fill('{', 12, 20)],
    ['a header of another kind', (bytes: Buffer) => bytes.fill(' ', 12, 12 + bytes.readUInt32LE(8)).fill('[]', 12, 14)],
    ['a label of 2', (bytes: Buffer) => bytes.fill(2, bytes.length - 6, bytes.length - 5)],
  ])('is refused when it is %s', (_, damage) => {
    expect(() => decodeMatrix(damage(Buffer.from(encodeMatrix(SMALL))))).toThrow(
      expect.objectContaining({ type: 'ArtifactCorrupt' }),
    );
  });

  it('is refused before encoding when lengths differ', () => {
    expect(() => encodeMatrix({ ...SMALL, roles: Uint8Array.of(1) })).toThrow(RangeError);
    expect(() => encodeMatrix({ ...SMALL, names: ['r'] })).toThrow(RangeError);
  });
});
