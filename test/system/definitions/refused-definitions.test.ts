import { describe, expect, it } from 'vitest';
import { RESERVED_NAMES } from '../../../src/contracts/limits.js';
import { refusal, setting } from '../../support/definitions.js';

describe('a definition is refused for what the table, the document or the endpoint would refuse later', () => {
  const columns = (change: object) => [{ source: 'Age', name: 'age', range: [0, 1], ...change }];

  it.each([
    [
      'columns',
      columns({ unit: 'grams of haemoglobin per decilitre of whole venous blood' }),
      /columns\[0\]\.unit" .* at most 40 characters/,
    ],
    ['columns', columns({ unit: 'g\u0000' }), /columns\[0\]\.unit" .* control character/],
    ['columns', columns({ range: [0, 1e101] }), /columns\[0\]\.range\[1\]" above the limit/],
    ['target.positive', 'an\nemic', /target\.positive" .* on one line/],
    ['target.negative', 'x'.repeat(201), /target\.negative" .* 1 to 200 characters/],
    ['columns', columns({ source: 'Age\u0000' }), /columns\[0\]\.source" .* that a table can hold/],
    ['columns', columns({ source: '\ud800' }), /columns\[0\]\.source" .* half a character/],
    ['dataset.uri', `https://host/${'x'.repeat(4096)}`, /dataset\.uri" .* more than 4096 characters/],
    ['dataset.uri', `/${'\u00e4'.repeat(1000)}`, /dataset\.uri" .* more than 4096 characters/],
    [
      'deployment.function.cors',
      { allowOrigins: Array.from({ length: 100 }, (_, i) => `https://${'x'.repeat(30)}${i}.example`) },
      /deployment\.function\.cors" .* at most 3000 characters/,
    ],
    ['target.source', 'a\u0001', /target\.source" .* that a table can hold/],
    ['target.labels', { 'y\u0000': 1, n: 0 }, /target\.labels" .* that a table can hold/],
    ['target.labels', JSON.parse('{"__proto__":1,"y":1,"n":0}'), /target\.labels" .* no class "__proto__"/],
    ['target.labels', { 'a\nb': 1, 'A b': 0 }, /target\.labels" .* differ only in case or white space/],
    ['dataset.missing', ['none', 'half \udc00'], /dataset\.missing\[1\]" .* that a table can hold/],
    ...[...RESERVED_NAMES].map(
      (word) => ['columns', columns({ name: word }), /columns\[0\]\.name" .* mean something else .*instances/] as const,
    ),
  ] as const)('%s %j', (path, value, sentence) => {
    expect(setting(path, value)).toMatch(sentence);
  });

  it('a network that is too large for its features, as an option and as a trial', () => {
    const refusalOf = (candidate: object, features: number) =>
      refusal((raw: Record<string, unknown>) => {
        raw['columns'] = Array.from({ length: features }, (_, i) => ({
          source: `c${i}`,
          name: `c${i}`,
          range: [0, 1],
        }));
        raw['candidates'] = [{ kind: 'neural-network', ...candidate }];
      });
    const large = [256, 256, 256, 256];
    const sentence =
      /candidates\[0\]\.options\.hiddenUnits" .* 200449 weights on 10 features, .* at most 200000: name fewer units/;
    expect(refusalOf({ options: { hiddenUnits: large } }, 10)).toMatch(sentence);
    expect(refusalOf({ search: { method: 'grid', options: { hiddenUnits: [[1], large] } } }, 10)).toMatch(sentence);
    expect(() => refusalOf({ options: { hiddenUnits: large } }, 2)).toThrow('was accepted');
  });
});
