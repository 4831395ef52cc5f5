import type { CategoricalReference } from '../../contracts/reference.js';
import type { Cells } from './cells.js';

/** Rows of each category on both sides; no category is empty on both. Lists of one length. */
export interface CategoryCounts {
  /** Ascending by number or by text. */
  categories: string[];
  reference: number[];
  current: number[];
}

/** Rows of each value that occurs, ascending. */
export function countCategories(values: Uint8Array): Map<string, number> {
  const counts = new Uint32Array(256);
  for (let i = 0; i < values.length; i++) counts[values[i]!]!++;
  const present = [...counts].map((count, value): [string, number] => [String(value), count]);
  return new Map(present.filter(([, count]) => count > 0));
}

/** Categories of both sides together. */
export function matchCategories(reference: CategoricalReference, current: Uint8Array): CategoryCounts {
  const before = new Map(reference.categories.map(({ value, rows }) => [value, rows]));
  const now = countCategories(current);
  const categories = [...new Set([...before.keys(), ...now.keys()])]
    .filter((category) => (before.get(category) ?? 0) + (now.get(category) ?? 0) > 0)
    .sort();
  return {
    categories,
    reference: categories.map((category) => before.get(category) ?? 0),
    current: categories.map((category) => now.get(category) ?? 0),
  };
}

/**
 * Treats numbers as categories where both sides together have at most `limit` distinct ones.
 * @param current numbers; those that are not finite are left out
 * @returns `null` where there are more
 */
export function fewValues(cells: Cells, current: Float64Array, limit: number): CategoryCounts | null {
  const { lows, highs, counts } = cells;
  if (lows.length > limit || lows.some((low, k) => low !== highs[k])) return null;
  const before = new Map(Array.from(lows, (value, k) => [value, counts[k]!]));
  const now = new Map(Array.from(lows, (value) => [value, 0]));
  for (let i = 0; i < current.length; i++) {
    const value = current[i]!;
    if (!Number.isFinite(value)) continue;
    const count = now.get(value);
    if (count === undefined && now.size === limit) return null;
    now.set(value, (count ?? 0) + 1);
  }
  const values = [...now.keys()].sort((a, b) => a - b);
  return {
    categories: values.map(String),
    reference: values.map((value) => before.get(value) ?? 0),
    current: values.map((value) => now.get(value)!),
  };
}
