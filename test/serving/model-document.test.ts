import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PipelineFailure } from '../../src/contracts/failures.js';
import type { ModelDocument } from '../../src/contracts/model.js';
import { MAX_MODEL_BYTES, parseModelDocument, serializeModelDocument } from '../../src/serving/model-document.js';
import { scoreRow } from '../../src/serving/predict.js';
import { CART, ESTIMATORS, FEATURES, FOREST, LOGISTIC, STUMP, TREE, modelDocument } from './models.js';

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
    expect(new TextDecoder().decode(bytes)).toMatch(/^\{"schemaVersion":1,[^\n]*\}\n$/);
  });

  it('refuses what could not be read back', () => {
    expect(() => serializeModelDocument({ ...modelDocument(), threshold: NaN })).toThrow(
      /threshold is a number that is not finite/,
    );
  });
});

describe('parseModelDocument', () => {
  const base = modelDocument();
  const feature = FEATURES[0]!;
  it.each<[string, unknown, RegExp]>([
    ['broken JSON', '{"schemaVersion":1', /JSON in UTF-8/],
    ['broken UTF-8', Uint8Array.of(0x22, 0xff, 0x22), /JSON in UTF-8/],
    ['too many bytes', ' '.repeat(MAX_MODEL_BYTES + 1), /at most 4194304 bytes/],
    ['another schema version', { ...base, schemaVersion: 2 }, /schemaVersion is not 1/],
    ['no object', [base], /expected an object/],
    ['an unknown key', { ...base, code: 'x' }, /an object with 9 keys/],
    ['a missing key', { ...base, labels: undefined }, /labels is missing/],
    ['a polluting key', JSON.stringify(base).replace('"name"', '"__proto__":{"x":1},"name"'), /an object with 9 keys/],
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
    [
      'a coefficient too few',
      modelDocument({ ...LOGISTIC, coefficients: [1, 2] } as typeof LOGISTIC),
      /a list of 3 to 3/,
    ],
    [
      'an unbounded logit',
      modelDocument({ ...LOGISTIC, coefficients: [1e308, 1e308, 1] } as typeof LOGISTIC),
      /unbounded/,
    ],
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
        fc.array(fc.nat(), { minLength: 1, maxLength: 6 }),
        junk,
        fc.boolean(),
        (estimator, path, value, drop) => {
          const document = JSON.parse(JSON.stringify(modelDocument(estimator))) as Record<string, unknown>;
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
      { numRuns: 500 },
    );
  });

  it('never lets a document reach the prototype of objects', () => {
    refusal(JSON.stringify(modelDocument(CART)).replace('"labels":{', '"labels":{"__proto__":{"polluted":true},'));
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });
});
