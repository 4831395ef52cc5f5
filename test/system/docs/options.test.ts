import { readFileSync } from 'node:fs';
import { expect, inject, it } from 'vitest';
import { runCommand } from '../../support/cli.js';
import { pages } from './page.js';

/** Commands that have commands of their own. */
const GROUPS = ['models', 'approvers'];

const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> };

/** Options that pages give to each command of the command line, by its words. */
function given(texts: string[]): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>();
  for (const [, name = '', rest = ''] of texts.join('\n').matchAll(/npm run ([\w-]+) -- ([^\n`|#&]*)/g)) {
    if (!scripts[name]?.includes('scripts/cli.mjs')) continue;
    const words = rest.split(/\s+/);
    const command = GROUPS.includes(name) && /^[a-z-]+$/.test(words[0]!) ? `${name} ${words[0]!}` : name;
    const options = found.get(command) ?? new Set<string>();
    for (const word of words) if (/^--[a-z]/.test(word)) options.add(word);
    found.set(command, options);
  }
  return found;
}

it('gives commands the options that they have', async () => {
  const files = [...(await pages()), 'CONTRIBUTING.md', 'data/README.md', 'terraform/README.md'];
  const asked = given(files.map((file) => readFileSync(file, 'utf8')));
  expect([...asked.keys()]).toEqual(
    expect.arrayContaining(['start-pipeline', 'models show', 'models write-off', 'approvers add', 'rollback', 'prune']),
  );
  for (const [command, options] of asked) {
    const { code, stdout } = await runCommand(process.execPath, [inject('client'), ...command.split(' '), '--help']);
    expect([command, code]).toEqual([command, 0]);
    expect(stdout).toContain(`Usage: anemia-mlops ${command} `);
    const known = [...stdout.matchAll(/^ +(?:-\w, )?(--[\w-]+)/gm)].map(([, option]) => option!);
    expect(
      [...options].filter((option) => !known.includes(option)),
      command,
    ).toEqual([]);
  }
});
