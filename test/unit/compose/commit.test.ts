import { execFileSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { readCommit } from '../../../src/compose/commit.js';
import { readConfig } from '../../../src/config/config.js';
import { temporaryDirectory } from '../../support/temp.js';

const COMMIT = /^[0-9a-f]{40}$/;

describe('readCommit', () => {
  let packageRoot: string;
  const git = (...args: string[]) => execFileSync('git', ['-C', packageRoot, ...args], { stdio: 'ignore' });
  const read = (root = packageRoot, env: NodeJS.ProcessEnv = {}) =>
    readCommit({ ...readConfig({ PATH: process.env['PATH'], ...env }), packageRoot: root });

  beforeEach(async () => {
    packageRoot = await temporaryDirectory();
    await writeFile(join(packageRoot, 'package.json'), '{}');
  });

  const commit = () => {
    git('init');
    git('add', '.');
    git('-c', 'user.name=x', '-c', 'user.email=x@example.org', '-c', 'commit.gpgsign=false', 'commit', '-m', 'x');
    git('tag', 'v1');
  };

  it("is the checkout's, marked when tracked files differ", async () => {
    commit();
    const clean = read();
    expect(clean).toMatch(COMMIT);
    await writeFile(join(packageRoot, 'new.txt'), 'not tracked');
    expect(read()).toBe(clean);
    await writeFile(join(packageRoot, 'package.json'), '{"changed":true}');
    expect(read()).toBe(`${clean}-dirty`);
  });

  it('is not that of a project which the package is a part of', async () => {
    commit();
    const inside = join(packageRoot, 'node_modules', 'anemia-mlops');
    await mkdir(inside, { recursive: true });
    expect(read(inside)).toBeNull();
  });

  it('is unknown outside a checkout, before the first commit, and without Git', () => {
    expect(read()).toBeNull();
    git('init');
    expect(read()).toBeNull();
    expect(read(packageRoot, { PATH: '/nowhere' })).toBeNull();
  });

  it('is what MLOPS_COMMIT says', () => {
    expect(read(packageRoot, { MLOPS_COMMIT: 'abcdef0' })).toBe('abcdef0');
    expect(() => read(packageRoot, { MLOPS_COMMIT: 'main' })).toThrow(/^MLOPS_COMMIT is not a Git commit: give/);
  });
});
