import { expect } from 'vitest';
import { parseDefinition } from '../../src/definition/definition.js';

/** A definition that says only what it must. */
export const minimal = () => ({
  model: 'churn',
  dataset: { uri: '/data/churn.csv' },
  columns: [
    { source: 'Age', name: 'age', range: [0, 120] },
    { source: 'Spend', name: 'spend', range: [0, 1e6], impute: 'median' },
  ],
  target: { source: 'Left', labels: { yes: 1, no: 0 } },
  candidates: [{ kind: 'cart' }],
});

/** The sentence that a definition with this change is refused with. */
export function refusal(change: (raw: Record<string, never>) => void): string {
  const raw = structuredClone(minimal());
  change(raw as unknown as Record<string, never>);
  try {
    parseDefinition(raw, 'churn.json');
  } catch (error) {
    expect(error).toMatchObject({ type: 'DefinitionInvalid' });
    return (error as Error).message;
  }
  throw new Error('was accepted');
}

/** The sentence for one key, named by its path, with this value. */
export const setting = (path: string, value: unknown) =>
  refusal((raw) => {
    const keys = path.split('.');
    let parent: Record<string, unknown> = raw;
    for (const key of keys.slice(0, -1)) parent = (parent[key] ??= {}) as Record<string, unknown>;
    parent[keys.at(-1)!] = value;
  });
