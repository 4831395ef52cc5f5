import type { Machine } from './machine.js';
import type { Row } from './row.js';
import { tableOf } from './table.js';

/** The page of the results, from the package's directory. */
export const PAGE = 'docs/benchmarks.md';

/** The lines between which a page has the results of a bench. */
const BEGIN = (bench: string) => `<!-- bench ${bench} -->`;
const END = '<!-- end -->';

/** Names of the benches that a page has a place for, in its order. */
export const blocksOf = (page: string): string[] =>
  [...page.matchAll(/^<!-- bench (\S+) -->$/gm)].map(([, name]) => name!);

/**
 * The page with the results of the benches that were run, each in its place; what is said of other benches stays.
 * @throws Error when the page has no place for one of them
 */
export function withResults(page: string, rows: Row[], machine: Machine): string {
  const names = [...new Set(rows.map(({ bench }) => bench))];
  return names.reduce((text, name) => {
    const from = text.indexOf(`${BEGIN(name)}\n`);
    const to = text.indexOf(`${END}\n`, from);
    if (from < 0 || to < 0)
      throw new Error(`${PAGE} has no place for ${name}: write the lines ${BEGIN(name)} and ${END} where it belongs.`);
    const block = blockOf(
      rows.filter(({ bench }) => bench === name),
      machine,
    );
    return `${text.slice(0, from)}${BEGIN(name)}\n\n${block}\n\n${text.slice(to)}`;
  }, page);
}

/** A table that Markdown leaves as it is, and what was measured on. */
const blockOf = (rows: Row[], machine: Machine): string =>
  ['```text', tableOf(rows), '```', '', measuredOn(machine)].join('\n');

/** `2 cores (AMD EPYC), node v20.20.2, load 0.3 before; median of 3 runs, memory the greatest of them` and when. */
export const measuredOn = ({ cores, processor, node, loadBefore, repeats, date, commit }: Machine): string =>
  `${cores} cores (${processor}), node ${node}, load ${loadBefore.toFixed(1)} before; median of ${repeats} runs, memory the greatest of them; ${date}, commit ${commit}`;
