import { expect } from 'vitest';
import { runCommand } from '../../support/cli.js';
import type { Example } from './page.js';

/** What stands in the pages, and what a test has instead: ports of its own, its own home. */
export type Replacements = Record<string, string>;

/** The text with a test's own ports and places. */
export const replaced = (text: string, instead: Replacements): string =>
  Object.entries(instead).reduce(
    (all, [from, to]) => all.replaceAll(new RegExp(`(?<![\\w/])${escaped(from)}`, 'g'), to),
    text,
  );

/** Runs an example as a person would, in the package's directory, and holds it to its exit code and to the lines it shows. */
export async function runExample(
  example: Example,
  environment: NodeJS.ProcessEnv,
  instead: Replacements,
): Promise<void> {
  const script = ['-euo', 'pipefail', '-c', replaced(example.code, instead)];
  const { code, stdout, stderr } = await runCommand('bash', script, environment);
  const output = `${stdout}\n${stderr}`;
  expect([code, output]).toEqual([example.exit, expect.anything()]);
  const lines = output.split('\n').map(plain);
  for (const line of replaced(example.shows.join('\n'), instead).split('\n'))
    expect(
      lines.some((found) => patternOf(line).test(found)),
      `${example.page} shows the line\n  ${line}\nwhich is not in\n${output}`,
    ).toBe(true);
}

/** A whole line, with any space for space, and anything for `…`. */
const patternOf = (line: string) => new RegExp(`^${plain(line).split('…').map(escaped).join('.*')}$`);

const plain = (line: string) => line.trim().replaceAll(/\s+/g, ' ');

const escaped = (text: string) => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
