import fc from 'fast-check';
import { expect, it } from 'vitest';
import { mlflowAlias } from '../../../../../src/vendors/mlflow/registry/model.js';
import { championAlias } from '../../../../../src/registry/registry.js';

/** What Lambda takes of the name of a function or an alias. */
const name = fc.stringMatching(/^[A-Za-z0-9_-]{1,12}$/);

it('gives MLflow the plain aliases as they are and others in its own letters', () => {
  expect([mlflowAlias('champion'), mlflowAlias('candidate')]).toEqual(['champion', 'candidate']);
  expect(mlflowAlias('champion@my_f:live')).toBe('champion_-my__f_-live');
});

it('gives two places two aliases that MLflow takes', () => {
  const place = fc.record({ functionName: name, alias: name });
  fc.assert(
    fc.property(place, place, (one, other) => {
      const [a, b] = [championAlias('model', one), championAlias('model', other)];
      expect(mlflowAlias(a) === mlflowAlias(b)).toBe(a === b);
      expect(mlflowAlias(a)).toMatch(/^[\w-]+$/);
    }),
  );
});

it('does not take one separator for another', () => {
  expect(mlflowAlias('champion@a_:b')).not.toBe(mlflowAlias('champion@a:_b'));
  expect(mlflowAlias('champion@a_-b:c')).not.toBe(mlflowAlias('champion@a:b-c'));
});
