import { expect, it } from 'vitest';
import { findHeaders } from '../../../src/data/headers.js';

/** Milliseconds of processor time. */
function cost(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

const missing = (header: string[], wanted: string[]) => () => findHeaders(header, wanted, 'x.csv', 'line 1');

it('names the header that is most likely meant', () => {
  expect(missing(['Age', 'Hemoglobin', 'Sex'], ['Haemoglobin'])).toThrow("the nearest is 'Hemoglobin'");
  expect(missing(['Age', 'hb_level'], ['Haemoglobin'])).not.toThrow('the nearest');
  expect(missing(['Age', 'age'], ['Age', 'Ages'])).toThrow("the nearest is 'age'");
});

it('tells a missing header of a very wide file at once, and of one with very long names', () => {
  const wide = Array.from({ length: 100_000 }, (_, i) => `measurement of column number ${i} in a wide table`);
  const long = Array.from({ length: 200 }, (_, i) => `${'x'.repeat(20_000)}${i}`);
  const wanted = Array.from({ length: 500 }, (_, i) => `measurement of kolumn number ${i} in a wide table`);
  for (const [header, names] of [
    [wide, wanted],
    [long, ['y'.repeat(20_000)]],
  ] as const)
    expect(cost(() => expect(missing([...header], [...names])).toThrow('has no column'))).toBeLessThan(3000);
});
