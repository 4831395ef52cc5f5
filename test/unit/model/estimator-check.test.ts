import { describe, expect, it } from 'vitest';
import type { ModelDocument } from '../../../src/contracts/model.js';
import { BOOSTING, LOGISTIC, modelDocument, NETWORK, STUMP, SVM, TREE } from './models.js';
import { refusal, type Wrong } from '../serving/refusal.js';

const base = modelDocument();
const cart = (change: Partial<typeof TREE>): ModelDocument =>
  modelDocument({ kind: 'cart', tree: { ...TREE, ...change } });
const svm = (change: Wrong) => ({ ...modelDocument(SVM), estimator: { ...SVM, ...change } });
const boosting = (change: Wrong) => ({ ...modelDocument(BOOSTING), estimator: { ...BOOSTING, ...change } });
const network = (...layers: Wrong[]) => ({ ...modelDocument(NETWORK), estimator: { kind: NETWORK.kind, layers } });
const layer = (l: number): Wrong => ({ ...NETWORK.layers[l] });
const [lower, middle, output] = [layer(0), layer(1), layer(2)];

describe('the estimator of a document', () => {
  it.each<[string, unknown, RegExp]>([
    ['an unknown estimator', { ...base, estimator: { kind: 'eval' } }, /estimator\.kind is unknown/],
    ['a coefficient too few', modelDocument({ ...LOGISTIC, coefficients: [1, 2] }), /a list of 3 to 3/],
    ['an unbounded logit', modelDocument({ ...LOGISTIC, coefficients: [1e308, 1e308, 1] }), /unbounded/],
    ['an estimator that is no object', { ...base, estimator: 'cart' }, /estimator\.kind is missing/],
    ["an inherited property for an estimator's kind", { ...base, estimator: { kind: 'toString' } }, /kind is unknown/],
    ['a decision value without scaling', svm({ platt: undefined }), /estimator\.platt is missing/],
    [
      'a scaling that turns the order round',
      svm({ platt: { slope: -1, offset: 0 } }),
      /platt\.slope is a number outside/,
    ],
    ['a scaling without an offset', svm({ platt: { slope: 1 } }), /platt\.offset is missing/],
    ['an unbounded scaling', svm({ platt: { slope: 1e308, offset: 0 } }), /unbounded/],
    ['an unbounded decision value', svm({ coefficients: [1e308, 1e308, 1] }), /unbounded/],
    ['one coefficient too many', svm({ coefficients: [1, 2, 3, 4] }), /a list of 3 to 3/],
    ['a network without layers', network(), /estimator\.layers is a list of 0, expected a list of 1 to 10/],
    ['too many layers', network(...Array.from({ length: 11 }, () => output)), /a list of 1 to 10/],
    [
      'an output of several units',
      network(lower, middle),
      /layers\[1\]\.weights is a list of 3, expected a list of 1 to 1/,
    ],
    ['a layer without units', network({ weights: [], biases: [] }, output), /layers\[0\]\.weights is a list of 0/],
    [
      'too many units',
      network({ weights: Array.from({ length: 1001 }, () => [0, 0, 0]), biases: [] }, output),
      /layers\[0\]\.weights is a list of 1001, expected a list of 1 to 1000/,
    ],
    [
      'weights for too few features',
      network(
        {
          ...lower,
          weights: [
            [1, 2],
            [1, 2, 3],
          ],
        },
        middle,
        output,
      ),
      /a list of 3 to 3/,
    ],
    [
      'layers that do not fit',
      network(lower, output),
      /layers\[1\]\.weights\[0\] is a list of 3, expected a list of 2 to 2/,
    ],
    ['a bias too few', network({ ...lower, biases: [1] }, middle, output), /layers\[0\]\.biases is a list of 1/],
    ['text for a weight', network(lower, middle, { ...output, weights: [[1, 'x', 3]] }), /weights\[0\]\[1\] is text/],
    ['an unknown key in a layer', network({ ...lower, activation: 'tanh' }, middle, output), /only weights, biases/],
    ['an unbounded network', network(lower, middle, { ...output, weights: [[1e308, 1e308, 1]] }), /unbounded/],
    [
      'a network that overflows inside and not at its output',
      network(
        lower,
        {
          ...middle,
          weights: [
            [1e308, 1e308],
            [1, 1],
            [1, 1],
          ],
        },
        { ...output, weights: [[0, 1, 1]] },
      ),
      /unbounded/,
    ],
    [
      'boosting without trees',
      boosting({ trees: [] }),
      /estimator\.trees is a list of 0, expected a list of 1 to 1000/,
    ],
    [
      'log-odds beyond every table',
      boosting({ trees: [{ ...STUMP, value: [0, 1e7, 0] }] }),
      /value\[1\] is a number outside/,
    ],
    ['an intercept beyond every table', boosting({ intercept: -1e7 }), /estimator\.intercept is a number outside/],
    ['a list shorter than the others', cart({ value: [0.4, 0.8, 0.1, 0.9] }), /a list of 5 to 5/],
    ['an unknown feature index', cart({ feature: [3, 0, -1, -1, -1] }), /from -1 to 2/],
    ['a child out of bounds', cart({ right: [5, 4, -1, -1, -1] }), /from -1 to 4/],
    ['a cycle', cart({ left: [1, 0, -1, -1, -1] }), /greater indices than their parent/],
    ['a shared child', cart({ left: [1, 2, -1, -1, -1] }), /second parent|unreachable/],
    ['a leaf with a child', cart({ left: [1, 3, 3, -1, -1] }), /a leaf with children/],
    [
      'an unreachable node',
      cart({ feature: [-1, 0, -1, -1, -1], left: [-1, 3, -1, -1, -1], right: [-1, 4, -1, -1, -1] }),
      /unreachable/,
    ],
    [
      'too many trees',
      modelDocument({ kind: 'random-forest', trees: Array.from({ length: 1001 }, () => STUMP) }),
      /1 to 1000/,
    ],
    ['too many nodes', cart({ feature: Array.from({ length: 10_001 }, () => -1) }), /a list of 1 to 10000/],
    ['a value that is no probability', cart({ value: [0.4, 0.8, 0.1, 1.9, 0.75] }), /from 0 to 1/],
  ])('refuses %s', (_, source, message) => expect(refusal(source)).toMatch(message));

  it('refuses a chain deeper than 64', () => {
    const inner = 65;
    const at = (value: (i: number) => number) => Array.from({ length: 2 * inner + 1 }, (_, i) => value(i));
    const isInner = (i: number) => i % 2 === 0 && i < 2 * inner;
    const tree = {
      feature: at((i) => (isInner(i) ? 0 : -1)),
      threshold: at(() => 0),
      left: at((i) => (isInner(i) ? i + 1 : -1)),
      right: at((i) => (isInner(i) ? i + 2 : -1)),
      value: at(() => 0.5),
    };
    expect(refusal(modelDocument({ kind: 'cart', tree }))).toMatch(/too deep/);
  });
});
