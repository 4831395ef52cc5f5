import { existsSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

it('names tests that exist for every line of the threat model', () => {
  const rows = readFileSync('SECURITY.md', 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .slice(2);
  const tests = rows.map((row) => [...row.matchAll(/`(test\/[\w./-]+\.test\.ts)`/g)].map(([, file]) => file!));
  expect(rows.length).toBeGreaterThan(20);
  expect(rows.filter((_, index) => tests[index]!.length === 0)).toEqual([]);
  expect(tests.flat().filter((file) => !existsSync(file))).toEqual([]);
});
