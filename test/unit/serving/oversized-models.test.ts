import { describe, expect, it } from 'vitest';
import { scoreServable } from '../../../src/compute/task.js';
import type { Tree } from '../../../src/ml/learners/tree/check.js';

describe('a candidate whose model would be too large', () => {
  it('is found in the first fold, and named with the remedy', () => {
    const features = [{ name: 'a', unit: '', range: [0, 1] as [number, number], imputation: null, mean: 0, scale: 1 }];
    const tree = (nodes: number) => ({
      feature: Array.from({ length: nodes }, (_, i) => (i % 2 === 0 && i < nodes - 1 ? 0 : -1)),
      threshold: new Array<number>(nodes).fill(0.123456789),
      left: Array.from({ length: nodes }, (_, i) => (i % 2 === 0 && i < nodes - 1 ? i + 1 : -1)),
      right: Array.from({ length: nodes }, (_, i) => (i % 2 === 0 && i < nodes - 1 ? i + 2 : -1)),
      value: new Array<number>(nodes).fill(0.123456789),
    });
    const score = (trees: number, nodes: number) => () =>
      scoreServable({ name: 'forest' })(
        {
          features,
          calibration: null,
          estimator: { kind: 'random-forest', trees: new Array(trees).fill(tree(nodes)) as Tree[] },
        },
        { columns: [Float64Array.of(0)] },
        Int32Array.of(0),
      );
    expect(score(10, 101)()).toHaveLength(1);
    expect(score(1, 10_001)).toThrow(
      /^candidate forest learns a model that cannot be served: estimator\.trees\[0\]\.feature is a list of 10001, .* higher minLeafRows/,
    );
    expect(score(1000, 101)).toThrow(/takes \d+ bytes, expected at most 3145728/);
    expect(score(1000, 101)).toThrow(expect.objectContaining({ type: 'DataContract' }));
  });
});
