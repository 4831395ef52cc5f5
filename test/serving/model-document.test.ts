import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PipelineFailure } from '../../src/contracts/failures.js';
import type { ModelDocument } from '../../src/contracts/model.js';
import { MAX_MODEL_BYTES, parseModelDocument, serializeModelDocument } from '../../src/serving/model-document.js';
import { scoreRow } from '../../src/serving/predict.js';
import {
  BOOSTING,
  CALIBRATIONS,
  CART,
  ESTIMATORS,
  FEATURES,
  FOREST,
  ISOTONIC,
  LOGISTIC,
  NETWORK,
  PLATT,
  STUMP,
  SVM,
  THRESHOLD_CHOICES,
  TREE,
  modelDocument,
} from './models.js';

/** What a test may put anywhere in a document: its type is what is to be checked. */
type Wrong = Record<string, unknown>;

const refusal = (source: unknown): string => {
  try {
    parseModelDocument(source instanceof Uint8Array || typeof source === 'string' ? source : JSON.stringify(source));
  } catch (error) {
    expect(error).toBeInstanceOf(PipelineFailure);
    expect((error as PipelineFailure).type).toBe('ModelInvalid');
    return (error as Error).message;
  }
  return 'accepted';
};
const cart = (change: Partial<typeof TREE>): ModelDocument =>
  modelDocument({ kind: 'cart', tree: { ...TREE, ...change } });

describe('serializeModelDocument', () => {
  it.each(ESTIMATORS)('reads back what it wrote ($kind)', (estimator) => {
    const document = modelDocument(estimator);
    expect(parseModelDocument(serializeModelDocument(document))).toEqual(document);
  });

  it.each(CALIBRATIONS)('reads back calibration %#', (calibration) => {
    const document = { ...modelDocument(SVM), calibration };
    expect(parseModelDocument(serializeModelDocument(document))).toEqual(document);
  });

  it.each(THRESHOLD_CHOICES)('reads back a threshold chosen by the rule $rule.rule', (thresholdChoice) => {
    const document = { ...modelDocument(), thresholdChoice };
    expect(parseModelDocument(serializeModelDocument(document))).toEqual(document);
  });

  it('writes the same bytes whatever the order of keys', () => {
    const shuffle = (value: unknown): unknown =>
      Array.isArray(value) || typeof value !== 'object' || value === null
        ? Array.isArray(value)
          ? value.map(shuffle)
          : value
        : Object.fromEntries(
            Object.entries(value)
              .reverse()
              .map(([key, entry]) => [key, shuffle(entry)]),
          );
    const bytes = serializeModelDocument(modelDocument(FOREST));
    const shuffled = shuffle(modelDocument(FOREST)) as ModelDocument;
    expect(JSON.stringify(shuffled)).not.toBe(JSON.stringify(modelDocument(FOREST)));
    expect(serializeModelDocument(shuffled)).toEqual(bytes);
    expect(new TextDecoder().decode(bytes)).toMatch(/^\{"schemaVersion":2,[^\n]*\}\n$/);
  });

  it('refuses what could not be read back', () => {
    expect(() => serializeModelDocument({ ...modelDocument(), threshold: NaN })).toThrow(
      /threshold is a number that is not finite/,
    );
  });
});

/** As version 1 was written, which had no calibration and no choice of threshold. */
function firstDocument(estimator = CART): Wrong {
  const { calibration, thresholdChoice, ...rest } = modelDocument(estimator);
  expect({ calibration, thresholdChoice }).toEqual({ calibration: null, thresholdChoice: null });
  return { ...rest, schemaVersion: 1 };
}

describe('parseModelDocument', () => {
  const base = modelDocument();
  const svm = (change: Wrong) => ({ ...modelDocument(SVM), estimator: { ...SVM, ...change } });
  const boosting = (change: Wrong) => ({ ...modelDocument(BOOSTING), estimator: { ...BOOSTING, ...change } });
  const network = (...layers: Wrong[]) => ({ ...modelDocument(NETWORK), estimator: { kind: NETWORK.kind, layers } });
  const layer = (l: number): Wrong => ({ ...NETWORK.layers[l] });
  const [lower, middle, output] = [layer(0), layer(1), layer(2)];
  const calibrated = (calibration: unknown) => ({ ...base, calibration });
  const chosen = (change: Wrong) => ({ ...base, thresholdChoice: { ...THRESHOLD_CHOICES[0], ...change } });
  const by = (rule: unknown) => chosen({ rule });

  it('reads what version 1 said, whose threshold was given and whose scores are as they are', () => {
    expect(parseModelDocument(JSON.stringify(firstDocument()))).toEqual(base);
  });

  const feature = FEATURES[0]!;
  it.each<[string, unknown, RegExp]>([
    ['broken JSON', '{"schemaVersion":1', /JSON in UTF-8/],
    ['broken UTF-8', Uint8Array.of(0x22, 0xff, 0x22), /JSON in UTF-8/],
    ['too many bytes', ' '.repeat(MAX_MODEL_BYTES + 1), /at most 4194304 bytes/],
    ['another schema version', { ...base, schemaVersion: 3 }, /schemaVersion is neither 1 nor 2/],
    ['no schema version', { ...base, schemaVersion: undefined }, /schemaVersion is neither 1 nor 2/],
    ['a calibration in version 1', { ...firstDocument(), calibration: PLATT }, /an object with 9 keys/],
    ['a choice of threshold in version 1', { ...firstDocument(), thresholdChoice: null }, /an object with 9 keys/],
    ['version 2 without a calibration', { ...base, calibration: undefined }, /calibration is missing/],
    ['no object', [base], /expected an object/],
    ['an unknown key', { ...base, code: 'x' }, /an object with 11 keys/],
    ['a missing key', { ...base, labels: undefined }, /labels is missing/],
    ['a polluting key', JSON.stringify(base).replace('"name"', '"__proto__":{"x":1},"name"'), /an object with 11 keys/],
    [
      'a polluting feature',
      { ...base, features: [{ ...feature, name: '__proto__' }, ...FEATURES.slice(1)] },
      /not reserved/,
    ],
    [
      'a reserved feature',
      { ...base, features: [{ ...feature, name: 'constructor' }, ...FEATURES.slice(1)] },
      /not reserved/,
    ],
    [
      'a repeated feature',
      { ...base, features: [feature, feature, FEATURES[2]] },
      /features\[1\]\.name is a repetition/,
    ],
    ['no feature', { ...base, features: [] }, /a list of 1 to 1000/],
    ['a range upside down', { ...base, features: [{ ...feature, range: [2, 1] }, ...FEATURES.slice(1)] }, /range\[1\]/],
    ['a scale of zero', { ...base, features: [{ ...feature, scale: 0 }, ...FEATURES.slice(1)] }, /scale/],
    ['text for a number', { ...base, threshold: '0.5' }, /threshold is text/],
    ['a threshold above 1', { ...base, threshold: 1.01 }, /threshold is a number outside/],
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
    ['no calibration of a kind', calibrated({ intercept: 0, slope: 1 }), /calibration\.kind is missing/],
    [
      'a calibration of another kind',
      calibrated({ kind: 'beta' }),
      /calibration\.kind is unknown, expected platt or isotonic/,
    ],
    [
      'a calibration that turns the order round',
      calibrated({ ...PLATT, slope: -0.1 }),
      /calibration\.slope is a number outside/,
    ],
    ['a calibration too steep', calibrated({ ...PLATT, slope: 1e7 }), /calibration\.slope is a number outside/],
    [
      'a calibration too far away',
      calibrated({ ...PLATT, intercept: -1e7 }),
      /calibration\.intercept is a number outside/,
    ],
    ['a calibration of both kinds', calibrated({ ...ISOTONIC, slope: 1 }), /only kind, scores, probabilities/],
    [
      'a calibration without points',
      calibrated({ ...ISOTONIC, scores: [], probabilities: [] }),
      /scores is a list of 0/,
    ],
    [
      'too many points',
      calibrated({ ...ISOTONIC, scores: Array.from({ length: 20_001 }, (_, i) => i / 20_001) }),
      /calibration\.scores is a list of 20001, expected a list of 1 to 20000/,
    ],
    [
      'a point without probability',
      calibrated({ ...ISOTONIC, probabilities: [0, 0.5, 1] }),
      /probabilities is a list of 3/,
    ],
    [
      'a probability above 1',
      calibrated({ ...ISOTONIC, probabilities: [0, 0, 0, 1.5] }),
      /probabilities\[3\] is a number outside/,
    ],
    ['a score twice', calibrated({ ...ISOTONIC, scores: [0.1, 0.3, 0.3, 0.8] }), /calibration\.scores is out of order/],
    [
      'probabilities that fall',
      calibrated({ ...ISOTONIC, probabilities: [0, 0.3, 0.2, 1] }),
      /probabilities is out of order/,
    ],
    ['a choice without a rule', by(undefined), /thresholdChoice\.rule is missing/],
    ['an unnamed rule', by({ value: 0.5 }), /thresholdChoice\.rule is missing/],
    ['an unknown rule', by({ rule: 'f1' }), /rule is unknown, expected one of fixed, recall, cost, youden/],
    ['a fixed threshold above 1', by({ rule: 'fixed', value: 2 }), /rule\.value is a number outside/],
    ['an unreachable recall', by({ rule: 'recall', atLeast: 1.5 }), /rule\.atLeast is a number outside/],
    ['a negative cost', by({ rule: 'cost', falsePositive: 1, falseNegative: -1 }), /falseNegative is a number outside/],
    ['a cost too few', by({ rule: 'cost', falsePositive: 1 }), /rule\.falseNegative is missing/],
    ['an option of another rule', by({ rule: 'youden', atLeast: 1 }), /an object with 2 keys, expected only rule/],
    [
      'a choice with more positives than rows',
      chosen({ positives: 84 }),
      /thresholdChoice\.positives is a number outside/,
    ],
    ['half a row', chosen({ rows: 83.5 }), /thresholdChoice\.rows/],
    ['a recall above 1', chosen({ recall: 1.1 }), /thresholdChoice\.recall is a number outside/],
    ['a choice without precision', chosen({ precision: undefined }), /thresholdChoice\.precision is missing/],
    ['an infinite number', JSON.stringify(base).replace('10.7', '1e999'), /not finite/],
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
    ['a hash of another kind', { ...base, training: { ...base.training, datasetSha256: 'abc' } }, /hexadecimal/],
    ['more positives than rows', { ...base, training: { ...base.training, positives: 84 } }, /positives/],
    ['a kind that differs', { ...base, training: { ...base.training, kind: 'random-forest' } }, /training\.kind/],
    ['a missing metric', { ...base, metrics: { ...base.metrics, holdout: {} } }, /metrics\.holdout\.rocAuc is missing/],
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

  it('gives a usable model or ModelInvalid for any mutation', () => {
    const junk = fc.oneof(
      fc.constantFrom(null, -1, 0, 1e308, -1e308, '', 'x', true, [], {}, [[]], 5, 1.5),
      fc.jsonValue(),
    );
    fc.assert(
      fc.property(
        fc.constantFrom(...ESTIMATORS),
        fc.record({
          calibration: fc.constantFrom(...CALIBRATIONS),
          thresholdChoice: fc.constantFrom(null, ...THRESHOLD_CHOICES),
        }),
        fc.array(fc.nat(), { minLength: 1, maxLength: 6 }),
        junk,
        fc.boolean(),
        (estimator, decision, path, value, drop) => {
          const whole = { ...modelDocument(estimator), ...decision };
          const document = JSON.parse(JSON.stringify(whole)) as Record<string, unknown>;
          let at: Record<string, unknown> = document;
          let key = '';
          for (const step of path) {
            const keys = Object.keys(at);
            if (keys.length === 0) break;
            key = keys[step % keys.length]!;
            const next = at[key];
            if (typeof next !== 'object' || next === null) break;
            if (step !== path.at(-1)) at = next as Record<string, unknown>;
          }
          if (drop) Reflect.deleteProperty(at, key);
          else at[key] = value;
          const text = JSON.stringify(document);
          let parsed: ModelDocument;
          try {
            parsed = parseModelDocument(text);
          } catch (error) {
            expect((error as PipelineFailure).type).toBe('ModelInvalid');
            return;
          }
          const score = scoreRow(
            parsed,
            parsed.features.map(({ range }) => range[1]),
          );
          expect(score).toBeGreaterThanOrEqual(0);
          expect(score).toBeLessThanOrEqual(1);
          expect(serializeModelDocument(parsed)).toEqual(
            serializeModelDocument(parseModelDocument(serializeModelDocument(parsed))),
          );
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('never lets a document reach the prototype of objects', () => {
    refusal(JSON.stringify(modelDocument(CART)).replace('"labels":{', '"labels":{"__proto__":{"polluted":true},'));
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });
});
