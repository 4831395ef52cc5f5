import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseOverride } from '../../../src/definition/definition.js';

describe('parseOverride', () => {
  it.each([
    ['split.seed=7', ['split', 'seed'], '7'],
    ['candidates[1].options.maxDepth=2', ['candidates', '1', 'options', 'maxDepth'], '2'],
    ['target.labels["1.0"]=1', ['target', 'labels', '1.0'], '1'],
    [`target.labels['a=b']=1`, ['target', 'labels', 'a=b'], '1'],
    ['target.labels["say \\"no\\""]=0', ['target', 'labels', 'say "no"'], '0'],
    ['target.labels.1\\.0=1', ['target', 'labels', '1.0'], '1'],
    ['target.labels.a\\=b=1', ['target', 'labels', 'a=b'], '1'],
    ['target.labels.not sick=0', ['target', 'labels', 'not sick'], '0'],
    ['dataset.uri=a=b.csv', ['dataset', 'uri'], 'a=b.csv'],
    ['dataset.uri=', ['dataset', 'uri'], ''],
  ])('reads %s', (text, keys, value) => {
    expect(parseOverride(text)).toEqual({ keys, value });
  });

  it.each(['', '=1', 'a', 'a.=1', '.a=1', 'a..b=1', 'a[=1', 'a["b=1', 'a[b]=1', 'a]=1', 'a["b"]c=1', 'a\\'])(
    'refuses %s',
    (text) => {
      expect(parseOverride(text)).toBeNull();
    },
  );

  it('reads any keys that are quoted', () => {
    const quoted = (key: string) => `["${key.replace(/[\\"]/g, '\\$&')}"]`;
    fc.assert(
      fc.property(fc.array(fc.string(), { minLength: 1, maxLength: 4 }), fc.string(), (keys, value) => {
        expect(parseOverride(`${keys.map(quoted).join('')}=${value}`)).toEqual({ keys, value });
      }),
    );
  });
});
