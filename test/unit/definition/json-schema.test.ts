import { readFile } from 'node:fs/promises';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';

import { parseDefinition } from '../../../src/definition/definition.js';
import { definitionJsonSchema } from '../../../src/definition/schema.js';
import { minimal } from '../../support/definitions.js';

const readJson = async (file: string): Promise<unknown> =>
  JSON.parse(await readFile(new URL(`../../../pipelines/${file}`, import.meta.url), 'utf8'));
/** As editors read it. */
const accepts = new Ajv2020({ allowUnionTypes: true }).compile((await readJson('definition.schema.json')) as object);
/** What is wrong with it, nothing when it is taken. */
const faultsOf = (definition: unknown) => (accepts(definition) ? [] : accepts.errors);

/** The minimal definition with other keys. */
const having = (keys: object) => ({ ...minimal(), ...keys });

describe('pipelines/definition.schema.json', () => {
  it('is up to date', async () => {
    expect(await readJson('definition.schema.json'), 'run npm run schemas').toEqual(
      JSON.parse(JSON.stringify(definitionJsonSchema())),
    );
  });

  it.each(['anemia.json', 'anemia-noninvasive.json'])('is named by %s, and takes it', async (file) => {
    const definition = (await readJson(file)) as { $schema: string };
    expect(new URL(definition.$schema, 'file:///pipelines/').href).toBe('file:///pipelines/definition.schema.json');
    expect(faultsOf(definition)).toEqual([]);
  });

  it.each([
    ['little', minimal()],
    ['both forms of approval', having({ approval: 'manual' })],
    ['the long one', having({ approval: { mode: 'manual', by: ['ada'], fourEyes: true } })],
    ['a strategy by its name', having({ deployment: { strategy: 'LambdaCanary10Percent5Minutes' } })],
    ['a strategy of its own', having({ deployment: { strategy: { kind: 'linear', percent: 20 } } })],
    [
      'a search',
      having({
        candidates: [
          {
            kind: 'random-forest',
            search: { method: 'random', trials: 3, options: { trees: { low: 10, high: 90 }, maxDepth: [2, 3] } },
          },
        ],
      }),
    ],
    ['a rule of the threshold', having({ threshold: { rule: 'recall', atLeast: 0.9 } })],
    ['a gate', having({ gate: { minimum: { recall: 0.8 } } })],
  ])('takes what the parser takes: %s', (_, definition) => {
    expect(() => parseDefinition(definition, 'test')).not.toThrow();
    expect(faultsOf(definition)).toEqual([]);
  });

  it.each([
    ['an unknown key', having({ modle: 'x' })],
    ['a missing one', (({ target: _, ...rest }) => rest)(minimal() as { target: unknown })],
    ['a word that is none of a list', having({ approval: 'sometimes' })],
    ['a number beyond its limit', having({ split: { testFraction: 2 } })],
    ['an option of another kind', having({ candidates: [{ kind: 'cart', options: { trees: 5 } }] })],
  ])('refuses what the parser refuses: %s', (_, definition) => {
    expect(() => parseDefinition(definition, 'test')).toThrow();
    expect(faultsOf(definition)).not.toEqual([]);
  });

  it('shows defaults, each where its key is', () => {
    const { properties } = definitionJsonSchema() as { properties: Record<string, { properties: object }> };
    expect(properties.split!.properties).toMatchObject({ testFraction: { default: 0.2 }, seed: { default: 42 } });
    expect(properties.calibration).toMatchObject({ default: 'none', enum: ['none', 'platt', 'isotonic'] });
  });

  it('is for editors: what runs are told has no $schema', () => {
    expect(parseDefinition(having({ $schema: './definition.schema.json' }), 'test')).toEqual(
      parseDefinition(minimal(), 'test'),
    );
  });
});
