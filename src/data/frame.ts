import { createRequire } from 'node:module';
import type * as Danfojs from 'danfojs-node';
import type { Table } from '../ml/table.js';

export type Danfo = typeof Danfojs;

const require = createRequire(import.meta.url);

/**
 * Loads danfojs on first use: it takes most of a second, and most of what the pipeline does needs none of it.
 * tfjs, which it carries, would advise on the console to install a faster backend; nothing here computes with it.
 * (`import` gives a CommonJS module another shape under node than under tsx; `require` does not.)
 */
export function loadDanfo(): Danfo {
  const danfo = require('danfojs-node') as Danfo;
  (danfo.tensorflow as { env(): { set(flag: string, value: boolean): void } }).env().set('PROD', true);
  return danfo;
}

/**
 * A danfojs DataFrame of a table for ad-hoc work: one column per name, then `label`. Missing values are NaN.
 * Meant for up to some ten thousand rows; danfojs gets slow beyond.
 * @throws RangeError when there are not as many names as columns.
 */
export function toDataFrame(table: Table, names: readonly string[]): Danfojs.DataFrame {
  if (names.length !== table.columns.length) {
    throw new RangeError(`The table has ${table.columns.length} columns, but ${names.length} names were given.`);
  }
  const danfo = loadDanfo();
  const columns = names.map((name, index): [string, number[]] => [name, [...table.columns[index]!]]);
  return new danfo.DataFrame(Object.fromEntries([...columns, ['label', [...table.labels]]]));
}
