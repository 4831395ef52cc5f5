import { readFileSync } from 'node:fs';
import { format } from 'prettier';
import { describe, expect, it } from 'vitest';
import { blocksOf, PAGE, withResults } from '../../../bench/page.js';
import { BENCHES } from '../../../bench/benches/index.js';
import type { Machine } from '../../../bench/machine.js';
import type { Row } from '../../../bench/row.js';

const MACHINE: Machine = {
  ...{ cores: 4, processor: 'A processor', node: 'v22.1.0', loadBefore: 0.25, repeats: 3 },
  ...{ date: '2027-01-31', commit: 'abcdef123-dirty' },
};
const row = (bench: string, ours: number, note = ''): Row => ({
  ...{ bench, what: 'a thing', unit: 's', ours, note },
  peer: { name: 'peer', value: 4 },
  budget: { kind: 'share', limit: 0.5 },
});

const page = readFileSync(PAGE, 'utf8');
/** What a page says of a bench. */
const block = (text: string, name: string) => text.split(`<!-- bench ${name} -->`)[1]!.split('<!-- end -->')[0]!;

describe('the page of the benches', () => {
  it('has a place for every bench, and for no other', () => {
    expect([...blocksOf(page)].sort()).toEqual(BENCHES.map(({ name }) => name).sort());
  });

  it('gets the results of those that were run, with machine, day and commit, and keeps the others', async () => {
    const written = withResults(page, [row('forest', 1), row('zip-size', 3, 'a note'), row('forest', 2)], MACHINE);
    const forest = block(written, 'forest');
    expect(forest).toMatch(
      /│ forest │ a thing │ 1\.00 s │ 4\.00 s peer │ 1\/4\.0 │ 1\/2 of peer │ within {2}│\n│ forest .* 2\.00 s /,
    );
    expect(forest).toContain('4 cores (A processor), node v22.1.0, load 0.3 before; median of 3 runs');
    expect(forest).toContain('2027-01-31, commit abcdef123-dirty');
    expect(forest).not.toContain(block(page, 'forest').trim());
    expect(block(written, 'zip-size')).toContain('  zip-size, a thing: a note');
    for (const name of blocksOf(page).filter((name) => name !== 'forest' && name !== 'zip-size'))
      expect(block(written, name)).toBe(block(page, name));
    const prose = (text: string) => text.replaceAll(/<!-- bench[\s\S]*?<!-- end -->/g, '');
    expect(prose(written)).toBe(prose(page));
    expect(withResults(written, [row('forest', 1), row('zip-size', 3, 'a note'), row('forest', 2)], MACHINE)).toBe(
      written,
    );
    expect(await format(written, { parser: 'markdown', printWidth: 120 })).toBe(written);
  });

  it('is not written without a place for a bench', () => {
    expect(() => withResults(page, [row('unheard-of', 1)], MACHINE)).toThrow(
      'docs/benchmarks.md has no place for unheard-of: write the lines <!-- bench unheard-of --> and <!-- end --> where it belongs.',
    );
  });
});
