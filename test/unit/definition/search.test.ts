import { describe, expect, it } from 'vitest';
import type { GradientBoostingOptions } from '../../../src/ml/learners/gradient-boosting/options.js';
import type { CandidateDefinition, OptionSearch } from '../../../src/contracts/definition.js';
import { parseDefinition } from '../../../src/definition/definition.js';
import { setting } from '../../support/definitions.js';

const parse = (candidates: object[], seed = 42) =>
  parseDefinition(
    {
      model: 'churn',
      dataset: { uri: '/data/churn.csv' },
      columns: [{ source: 'Age', name: 'age', range: [0, 120] }],
      target: { source: 'Left', labels: { yes: 1, no: 0 } },
      split: { seed },
      candidates,
    },
    'churn.json',
  ).candidates;

const RANGES = {
  learningRate: { low: 0.01, high: 0.3, scale: 'log' },
  maxDepth: [2, 3, 4],
  trees: { low: 50, high: 400 },
};
const boosting = (search: object, more: object = {}) => ({ kind: 'gradient-boosting', search, ...more });
const random = (trials: number, options: object = RANGES) => ({ method: 'random', trials, options });

/** Trials of the first candidate. */
const trialsOf = ([candidate]: CandidateDefinition[]): GradientBoostingOptions[] =>
  (candidate!.search as OptionSearch<GradientBoostingOptions>).trials;

describe('a search of options', () => {
  it('by grid is every combination, complete, the last option fastest, the first of them the options', () => {
    const search = { method: 'grid', options: { maxDepth: [2, 4, 2], learningRate: [0.05, 0.2] } };
    const candidates = parse([boosting(search, { options: { trees: 30 } })]);
    const common = { trees: 30, minLeafRows: 5, l2Regularization: 1 };
    expect(candidates).toEqual([
      {
        ...{ kind: 'gradient-boosting', name: 'gradient-boosting' },
        options: { ...common, learningRate: 0.05, maxDepth: 2 },
        search: {
          method: 'grid',
          trials: [
            { ...common, learningRate: 0.05, maxDepth: 2 },
            { ...common, learningRate: 0.05, maxDepth: 4 },
            { ...common, learningRate: 0.2, maxDepth: 2 },
            { ...common, learningRate: 0.2, maxDepth: 4 },
          ],
        },
      },
    ]);
    expect(JSON.parse(JSON.stringify(candidates))).toEqual(candidates);
  });

  it('by chance stays within its limits: whole numbers for whole options, four digits for others, all distinct', () => {
    const trials = trialsOf(parse([boosting(random(60))]));
    expect(new Set(trials.map((trial) => JSON.stringify(trial))).size).toBe(60);
    for (const { learningRate, maxDepth, trees, minLeafRows } of trials) {
      expect(learningRate).toBe(Number(learningRate.toPrecision(4)));
      expect(learningRate >= 0.01 && learningRate <= 0.3).toBe(true);
      expect([2, 3, 4]).toContain(maxDepth);
      expect(Number.isInteger(trees) && trees >= 50 && trees <= 400).toBe(true);
      expect(minLeafRows).toBe(5);
    }
    // On the log scale about half lie below the geometric mean of the limits, which is 0.055.
    const below = trials.filter(({ learningRate }) => learningRate < 0.055).length;
    expect(below).toBeGreaterThan(20);
    expect(below).toBeLessThan(40);
  });

  it('draws both limits of a range of whole numbers, and no more trials than there are', () => {
    const trials = trialsOf(parse([boosting(random(40, { maxDepth: { low: 2, high: 5 } }))]));
    expect(trials.map(({ maxDepth }) => maxDepth).sort()).toEqual([2, 3, 4, 5]);
  });

  it('depends on the seed and the name of the candidate alone', () => {
    const trials = trialsOf(parse([boosting(random(10))]));
    expect(trialsOf(parse([boosting(random(10)), { kind: 'cart' }]))).toEqual(trials);
    expect(trialsOf(parse([boosting(random(10))], 7))).not.toEqual(trials);
    expect(trialsOf(parse([boosting(random(10), { name: 'other' })]))).not.toEqual(trials);
  });

  it('tries lists of hidden units as they are', () => {
    const search = { method: 'grid', options: { hiddenUnits: [[8], [8, 4]] } };
    const [network] = parse([{ kind: 'neural-network', search }]);
    expect(network!.search!.trials.map((options) => (options as { hiddenUnits: number[] }).hiddenUnits)).toEqual([
      [8],
      [8, 4],
    ]);
  });

  it('is one of several, whose trials count together', () => {
    const many = ['a', 'b'].map((name) => boosting(random(31), { name }));
    expect(() => parse(many)).toThrow('it is 60, but the candidates ask for 62 trials');
  });
});

const grid = (options: object) => ({ method: 'grid', options });
const drawn = (options: object, trials = 5) => random(trials, options);

describe('a search', () => {
  it.each([
    [grid({ maxDept: [2] }), '"candidates[0].search.options.maxDept": did you mean "maxDepth"?'],
    [grid({ maxDepth: [2, 30] }), '"candidates[0].search.options.maxDepth[1]" above the limit of 20'],
    [grid({ maxDepth: [] }), 'empty list at "candidates[0].search.options.maxDepth": give at least 1'],
    [grid({}), '"candidates[0].search.options" that does not fit: it must name at least one'],
    [grid({ maxDepth: [3, 3] }), 'it gives 1 distinct trial, where a search needs at least 2'],
    [grid({ maxDepth: { low: 1, high: 2 } }), 'an object at "candidates[0].search.options.maxDepth"'],
    [drawn({ maxDepth: 3 }), 'a list of values belongs there, or a range like {"low": 1, "high": 5}'],
    [drawn({ maxDepth: { low: 4, high: 3 } }), 'options.maxDepth.high" that does not fit: it must be above low'],
    [drawn({ maxDepth: { low: 1, high: 21 } }), '.maxDepth.high" above the limit of 20'],
    [
      drawn({ maxDepth: { low: 1.5, high: 3 } }),
      'a number at "candidates[0].search.options.maxDepth.low" where a whole number',
    ],
    [drawn({ exactUpToRows: { low: 0, high: 9, scale: 'log' } }), 'it must be above 0 on the log scale'],
    [drawn({ maxDepth: [3, 3] }), 'it gives 1 distinct trial, where a search needs at least 2'],
    [drawn({ maxDepth: { low: 1, high: 9 } }, 1), '"candidates[0].search.trials" below the limit of 2'],
    [
      drawn({ maxDepth: { low: 1, high: 9 } }, 61),
      '"search.maxTrials" that does not fit: it is 60, but the candidates ask for 61 trials',
    ],
    [{ method: 'bayes' }, 'unknown method at "candidates[0].search.method": choose from grid, random.'],
  ])('%j is refused in one sentence', (search, sentence) => {
    const message = setting('candidates.0.search', search);
    expect(message).toContain(sentence);
    expect(message).toMatch(/^churn\.json (?:has|lacks) .*\.$/);
    expect(message).not.toContain('\n');
  });
});
