import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PipelineFailure } from '../../../src/contracts/failures.js';
import type { ModelDocument } from '../../../src/contracts/model.js';
import { MAX_MODEL_BYTES } from '../../../src/contracts/limits.js';
import { parseModelDocument, serializeModelDocument } from '../../../src/model/model-document.js';
import { scoreRow } from '../../../src/model/predict.js';
import { CALIBRATIONS, CART, ESTIMATORS, FEATURES, FOREST, SVM, THRESHOLD_CHOICES, modelDocument } from './models.js';
import { refusal } from '../serving/refusal.js';

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

describe('parseModelDocument', () => {
  const base = modelDocument();

  const feature = FEATURES[0]!;
  it.each<[string, unknown, RegExp]>([
    ['broken JSON', '{"schemaVersion":1', /JSON in UTF-8/],
    ['broken UTF-8', Uint8Array.of(0x22, 0xff, 0x22), /JSON in UTF-8/],
    ['too many bytes', ' '.repeat(MAX_MODEL_BYTES + 1), /at most 4194304 bytes/],
    ['another schema version', { ...base, schemaVersion: 3 }, /schemaVersion is not 2/],
    ['no schema version', { ...base, schemaVersion: undefined }, /schemaVersion is not 2/],
    ['no calibration', { ...base, calibration: undefined }, /calibration is missing/],
    ['no object', [base], /expected an object/],
    ['an unknown key', { ...base, code: 'x' }, /an object with 11 keys/],
    ['a missing key', { ...base, labels: undefined }, /labels is missing/],
    ['a polluting key', JSON.stringify(base).replace('"name"', '"__proto__":{"x":1},"name"'), /an object with 11 keys/],
    [
      'a polluting feature',
      { ...base, features: [{ ...feature, name: '__proto__' }, ...FEATURES.slice(1)] },
      /1 to 63 lower-case letters/,
    ],
    [
      'a reserved feature',
      { ...base, features: [{ ...feature, name: 'constructor' }, ...FEATURES.slice(1)] },
      /name is reserved, expected another name/,
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
    ['an infinite number', JSON.stringify(base).replace('10.7', '1e999'), /not finite/],
    ['a hash of another kind', { ...base, training: { ...base.training, datasetSha256: 'abc' } }, /hexadecimal/],
    ['more positives than rows', { ...base, training: { ...base.training, positives: 84 } }, /positives/],
    ['a kind that differs', { ...base, training: { ...base.training, kind: 'random-forest' } }, /training\.kind/],
    ['a missing metric', { ...base, metrics: { ...base.metrics, holdout: {} } }, /metrics\.holdout\.rocAuc is missing/],
  ])('refuses %s', (_, source, message) => expect(refusal(source)).toMatch(message));

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
