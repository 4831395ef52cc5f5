import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, inject, it } from 'vitest';
import { runCommand, withoutSettings } from '../../support/cli.js';
import { temporaryDirectory } from '../../support/temp.js';

it('enrols, lists and removes keys, also as the first thing that is done in a home', async () => {
  const root = await temporaryDirectory();
  const env = {
    ...withoutSettings(process.env),
    ...{ MLOPS_HOME: join(root, 'home'), XDG_CONFIG_HOME: join(root, 'config'), NO_COLOR: '1' },
  };
  const approvers = (...args: string[]) => runCommand(process.execPath, [inject('client'), 'approvers', ...args], env);

  expect((await approvers()).stdout).toContain('Nobody has a key yet');
  const added = await approvers('add', 'ada', '--because', 'joined');
  expect([added.code, added.stdout]).toEqual([
    0,
    expect.stringMatching(/^What ada signs counts: [A-Za-z0-9+/]{43}=\n$/),
  ]);
  expect(added.stderr).not.toContain('PRIVATE');
  const file = join(root, 'config', 'anemia-mlops', 'approver-keys', 'ada.pem');
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  const listed = await approvers('list');
  expect(listed.stdout).toMatch(/ada .*\(claimed\).*on this machine/);
  expect(listed.stdout).toContain('the chain of hashes is whole');
  const taken = await approvers('add', 'Ada');
  expect([taken.code, taken.stderr]).toEqual([1, expect.stringContaining('ada has another key already')]);
  const removed = await approvers('remove', 'ada');
  expect([removed.code, removed.stdout]).toEqual([0, expect.stringContaining('counts no more')]);
  expect(JSON.parse((await approvers('list', '--json')).stdout)).toEqual([]);
  const after = (await approvers('list')).stdout;
  expect(after).toContain('taken away');
  expect(after).not.toMatch(/OS user|AWS|signed\)/);
  const wrong = await approvers('add', '../ada');
  expect([wrong.code, wrong.stderr]).toEqual([1, expect.stringContaining('no name for a key')]);
});
