import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseDefinition } from '../../../src/definition/definition.js';
import { blocksOf, pages } from './page.js';

const BLOCKS = (await pages()).flatMap((page) =>
  blocksOf(readFileSync(page, 'utf8'))
    .filter(({ language }) => language === 'json')
    .map(({ words: [kind], code }) => ({ page, kind, code })),
);

const sample = () => JSON.parse(readFileSync('pipelines/anemia.json', 'utf8')) as Record<string, unknown>;

/** A whole definition as it is; some keys, or a candidate, in place of those of the sample's. */
function definitionOf(kind: string | undefined, code: string): Record<string, unknown> {
  if (kind === 'candidate') return { ...sample(), candidates: [JSON.parse(code)] };
  if (code.startsWith('{')) return JSON.parse(code) as Record<string, unknown>;
  return { ...sample(), ...(JSON.parse(`{${code}}`) as Record<string, unknown>) };
}

/** Paths of all keys of an object, at any depth. */
const keysOf = (value: unknown, path: string[] = []): string[][] =>
  typeof value === 'object' && value !== null
    ? Object.entries(value).flatMap(([key, item]) => [
        ...(Array.isArray(value) ? [] : [[...path, key]]),
        ...keysOf(item, [...path, key]),
      ])
    : [];

describe('what pages show of definitions', () => {
  const shown = BLOCKS.filter(({ kind }) => kind === 'definition' || kind === 'candidate');

  it.each(shown.map(({ page, kind, code }) => [page, kind, code] as const))('is taken: %s', (page, kind, code) => {
    expect(parseDefinition(definitionOf(kind, code), page).candidates.length).toBeGreaterThan(0);
  });

  it('is there for a whole definition, for its deployment, its monitoring and its data', () => {
    const keys = shown.flatMap(({ kind, code }) => (kind === 'candidate' ? [] : Object.keys(definitionOf(kind, code))));
    expect(keys).toEqual(expect.arrayContaining(['model', 'deployment', 'approval', 'monitoring', 'dataset']));
  });

  it('is the smallest one in the README: it can lack nothing', () => {
    const [smallest] = shown.filter(({ page }) => page === 'README.md');
    const whole = definitionOf('definition', smallest!.code);
    expect(parseDefinition(whole, 'README.md')).toMatchObject({ model: 'churn' });
    const keys = keysOf(whole);
    expect(keys.length).toBeGreaterThan(10);
    for (const path of keys) {
      const less = structuredClone(whole);
      const parent = path.slice(0, -1).reduce((at, key) => at[key] as Record<string, unknown>, less);
      Reflect.deleteProperty(parent, path.at(-1)!);
      expect(() => parseDefinition(less, 'README.md'), path.join('.')).toThrow(/^README\.md (has|lacks) /);
    }
  });
});
