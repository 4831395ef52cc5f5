import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { holdsCredentials } from '../../../src/definition/table-schema.js';
import { loadDefinition, parseDefinition, setAt } from '../../../src/definition/definition.js';
import { minimal } from '../../support/definitions.js';

const FILE = 'pipelines/anemia.json';
const refused = (set: string) =>
  loadDefinition(FILE, [set]).then(
    () => 'taken',
    (error: unknown) => (error as Error).message,
  );

/** Everything that all objects and lists inherit, as it is now. */
const inherited = () =>
  [Object.prototype, Array.prototype, Function.prototype, Object, Array].map((owner) =>
    JSON.stringify(
      Object.entries(Object.getOwnPropertyDescriptors(owner)).map(([key, { value }]) => [key, typeof value]),
    ),
  );

describe('--set', () => {
  it.each([
    '__proto__.polluted=1',
    '__proto__=1',
    'columns.0.__proto__.polluted=1',
    'columns.__proto__.polluted=1',
    'constructor.prototype.polluted=1',
    'constructor.polluted=1',
    'dataset.constructor.prototype.polluted=1',
    'toString=1',
    'dataset.toString.polluted=1',
    'hasOwnProperty.call=1',
    'columns.push=1',
    'columns.length=0',
    'columns.4000000000.name=x',
    'columns.99.name=x',
    'columns.-1.name=x',
    'columns.map.polluted=1',
    'model.constructor.prototype.polluted=1',
    'model.0=x',
    'search.new.__proto__.polluted=1',
    '["__proto__"].polluted=1',
  ])('reaches nothing but a definition’s own keys: %s', async (set) => {
    const before = inherited();
    expect(await refused(set)).toContain(`--set ${set} does not name a key of the definition: `);
    expect(inherited()).toEqual(before);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  it('leaves what all objects inherit as it is, whatever it is told', () => {
    const before = inherited();
    const key = fc.oneof(
      fc.string(),
      fc.constantFrom('__proto__', 'constructor', 'prototype', 'length', '0', 'toString'),
    );
    fc.assert(
      fc.property(fc.array(key, { maxLength: 5 }), fc.json(), (keys, text) => {
        const raw = { list: [{}], object: { inner: {} } };
        setAt(raw, keys, text);
        expect(Object.getPrototypeOf(raw)).toBe(Object.prototype);
        expect(Object.getPrototypeOf(raw.list)).toBe(Array.prototype);
      }),
    );
    expect(inherited()).toEqual(before);
  });

  it('makes what is missing, and lets a list grow by one', () => {
    const raw = { list: [1] };
    expect(setAt(raw, ['gate', 'minimum', 'recall'], '0.9')).toBe(true);
    expect(setAt(raw, ['list', '1'], 'two')).toBe(true);
    expect(raw).toEqual({ list: [1, 'two'], gate: { minimum: { recall: 0.9 } } });
  });

  it.each(['columns[00].unit=g', 'columns.01.unit=g'])(
    'does not take %s for an item, to lose what is set',
    async (set) => {
      expect(await refused(set)).toMatch(/does not name a key of the definition/);
    },
  );
});

const uriFault = (uri: string) => {
  try {
    return parseDefinition({ ...minimal(), dataset: { uri } }, 'churn.json').dataset.uri;
  } catch (error) {
    return (error as Error).message;
  }
};

describe('the address of a data set', () => {
  it.each([
    'http://user:pw@host/x.csv',
    'http:user:pw@host/x.csv',
    'http:/user:pw@host/x.csv',
    'HTTP:/user:pw@host/x.csv',
    'https:\\\\user:pw@host/x.csv',
    'https:\\user:pw@host/x.csv',
    'http:////user:pw@host/x.csv',
    'https://user@host/x.csv',
    'https://:pw@host/x.csv',
    'https://user:p%40w@host/x.csv',
    ' https://user:pw@host/x.csv',
    'ht\ttps://user:pw@host/x.csv',
    'https://user:pw@host:99999999/x.csv',
    's3://key:secret@bucket/x.csv',
    's3:key:secret@bucket/x.csv',
    'ftp://user:pw@host/x.csv',
    'file://user:pw@host/x.csv',
    'postgresql://user:pw@host/db',
    '//user:pw@host/x.csv',
    '\\\\user:pw@host\\x.csv',
    'https://bucket.s3.amazonaws.com/x.csv?X-Amz-Credential=a&X-Amz-Signature=pw',
    'https://account.blob.core.windows.net/c/x.csv?sv=2024&SIG=pw',
    'https://host/x.csv?access_token=pw',
    'https://host/x.csv?a=1&token=pw#part',
  ])('holds no user, no password and no token: %j', (uri) => {
    const reported = uriFault(uri);
    expect(reported).toMatch(/^churn\.json has /);
    expect(reported).not.toMatch(/pw|secret|p%40w/);
  });

  it.each([
    ['https:host/x.csv', 'write it like https://host/path'],
    ['s3:/bucket/x.csv', 'write it like https://host/path'],
    ['https://user:p/w@host/x.csv', 'is no address that can be read'],
    ['https://host/x\n.csv', 'line breaks'],
  ])('%j is one that can be read', (uri, fault) => expect(uriFault(uri)).toContain(fault));

  it.each([
    'https://host/a@b.csv',
    'https://host/x.csv?user=a@b',
    'https://host/x.csv?version=a@b&tokens=1',
    's3://bucket/a@b.csv',
    'file:///data/a@b.csv',
    'https://host:8443/x.csv#a@b',
  ])('may have the sign elsewhere: %s', (uri) => {
    expect(holdsCredentials(uri)).toBe(false);
    expect(uriFault(uri)).toBe(uri);
  });

  it('may be a path with the sign', () => {
    expect(uriFault('data/ada@home.csv')).toMatch(/^file:\/\/.*\/data\/ada@home\.csv$/);
    expect(holdsCredentials('C:\\data\\a@b.csv')).toBe(false);
  });
});

it('a key that is a book is told shortly and at once', () => {
  const before = process.cpuUsage();
  const raw = { ...minimal(), ['x'.repeat(5_000_000)]: 1 };
  let reported = '';
  try {
    parseDefinition(raw, 'churn.json');
  } catch (error) {
    reported = (error as Error).message;
  }
  expect(reported).toMatch(/^churn\.json has the unknown key ".*x{100}\.\.\./);
  expect(reported.length).toBeLessThan(300);
  const { user, system } = process.cpuUsage(before);
  expect((user + system) / 1000).toBeLessThan(3000);
});

describe('names that all objects inherit', () => {
  it.each(['constructor', 'toString', '__proto__', 'hasOwnProperty', 'CodeDeployDefault.constructor', 'valueOf'])(
    'are no strategy: %s',
    (strategy) =>
      expect(() => parseDefinition({ ...minimal(), deployment: { strategy } }, 'churn.json')).toThrow(
        /must be one of all-at-once|choose from all-at-once/,
      ),
  );

  it.each([
    ['candidates', [{ kind: 'constructor' }]],
    ['candidates', [{ kind: 'cart', options: { constructor: 1 } }]],
    ['selection', { metric: 'constructor' }],
    ['gate', { minimum: { constructor: 0.5 } }],
    ['gate', { minimum: { toString: 0.5 } }],
    ['threshold', { rule: 'constructor' }],
    ['calibration', 'constructor'],
    ['target', { source: 'Churned', labels: { constructor: 5, No: 0 }, positive: 'y', negative: 'n' }],
    ['monitoring', { constructor: 1 }],
    ['constructor', {}],
    ['toString', 1],
  ])('are refused in a sentence as part of %s: %j', (key, value) => {
    expect(() => parseDefinition({ ...minimal(), [key]: value }, 'churn.json')).toThrow(
      expect.objectContaining({
        type: 'DefinitionInvalid',
        message: expect.stringMatching(/^churn\.json has /) as string,
      }),
    );
  });
});
