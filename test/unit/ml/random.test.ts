import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../src/ml/random.js';
import { allRows } from './samples.js';

const draws = (seeds: number[]) => {
  const random = createRandom(...seeds);
  return Array.from({ length: 20 }, () => random.below(1_000_000));
};

describe('createRandom', () => {
  it('repeats itself for the same seeds and differs for others, whatever their order', () => {
    expect(draws([1, 2])).toEqual(draws([1, 2]));
    for (const other of [[2, 1], [1], [1, 3], [1 + 2 ** 32, 2]]) expect(draws(other)).not.toEqual(draws([1, 2]));
  });

  it('is pinned: these numbers change only with the models of every user', () => {
    expect(draws([42]).slice(0, 4)).toMatchInlineSnapshot(`
      [
        650448,
        540091,
        765785,
        479994,
      ]
    `);
  });

  it('fills [0, 1) and all integers evenly', () => {
    const random = createRandom(7);
    const n = 60_000;
    const counts = new Array<number>(6).fill(0);
    let sum = 0;
    for (let i = 0; i < n; i++) {
      counts[random.below(6)]!++;
      const value = random.float();
      expect(value >= 0 && value < 1).toBe(true);
      sum += value;
    }
    const chiSquare = counts.reduce((total, count) => total + (count - n / 6) ** 2 / (n / 6), 0);
    expect(chiSquare).toBeLessThan(20.5); // 99.9 % quantile with 5 degrees of freedom
    expect(Math.abs(sum / n - 0.5)).toBeLessThan(0.005);
  });

  it('shuffles to a permutation', () => {
    const values = allRows(1000);
    createRandom(3).shuffle(values);
    expect(values).not.toEqual(allRows(1000));
    expect(values.sort()).toEqual(allRows(1000));
  });
});
