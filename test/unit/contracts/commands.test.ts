import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { npmScript, programCommand, withNpmScripts } from '../../../src/contracts/commands.js';

/** The words that a shell reads. */
const wordsOf = (command: string): string[] =>
  execFileSync('bash', ['-c', `printf '%s\\0' ${command}`], { encoding: 'utf8' })
    .split('\0')
    .slice(0, -1);

describe('commands in texts', () => {
  it('are those of the package in the library, and scripts of this project at the command line', () => {
    const text = `See ${programCommand('models')}, or ${programCommand('models', 'show', '3')} (${programCommand('stop')}).`;
    expect(text).toBe('See `anemia-mlops models`, or `anemia-mlops models show 3` (`anemia-mlops stop`).');
    expect(withNpmScripts(text)).toBe('See npm run models, or npm run models -- show 3 (npm run stop).');
    expect(npmScript('models', 'show', '3')).toBe('npm run models -- show 3');
    expect(npmScript('models')).toBe('npm run models');
  });

  it('stay what they are in JSON', () => {
    const text = programCommand('approve', 'train-a', '--because', 'your reason');
    expect(JSON.parse(withNpmScripts(JSON.stringify({ text })))).toEqual({
      text: 'npm run approve -- train-a --because "your reason"',
    });
  });

  it.each([
    'ada',
    'Ada Lovelace',
    "O'Neil",
    '$(touch x)',
    'a"b',
    'a\\',
    '!!',
    '',
    '`id`',
    'zwei\nZeilen',
    '*',
    'ä; ls',
  ])('give a shell the word %j as it is', (word) => {
    const script = npmScript('approvers', 'remove', word);
    expect(wordsOf(script)).toEqual(['npm', 'run', 'approvers', '--', 'remove', word]);
    expect(withNpmScripts(`Try ${programCommand('approvers', 'remove', word)}.`)).toBe(`Try ${script}.`);
  });
});
