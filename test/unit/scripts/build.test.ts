import { cp, mkdir, readdir, readFile, symlink, utimes, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runCommand } from '../../support/cli.js';
import { temporaryDirectory } from '../../support/temp.js';

/** As `scripts/` writes it, without types. */
const path: string = '../../../scripts/build.mjs';
const { builtCommand, keepBuild } = (await import(path)) as {
  builtCommand: (name: string, root: string) => Promise<string>;
  keepBuild: (file: string) => void;
};

/** A project with the sources and packages of this one. */
async function copyOfProject(): Promise<string> {
  const root = await temporaryDirectory();
  for (const path of ['src', 'scripts', 'package.json', 'package-lock.json'])
    await cp(path, join(root, path), { recursive: true });
  await symlink(resolve('node_modules'), join(root, 'node_modules'));
  return root;
}

const scratch = async () => ({
  ...process.env,
  MLOPS_HOME: await temporaryDirectory(),
  npm_lifecycle_event: undefined,
});

/** The id of a process that has ended. */
const DEAD = 2 ** 22 + 1;

describe('the build', () => {
  it('is made once for commands that start together, and anew for other sources', async () => {
    const root = await copyOfProject();
    const [first, second] = await Promise.all([builtCommand('models', root), builtCommand('models', root)]);
    expect(second).toBe(first);
    expect(await readdir(dirname(first))).toEqual([basename(first)]);
    const help = await builtCommand('../models', root);
    expect((await readdir(dirname(first))).sort()).toEqual([basename(help), basename(first)].sort());
    await utimes(join(root, 'src', 'client.ts'), new Date(), new Date());
    const other = await builtCommand('models', root);
    expect(dirname(other)).not.toBe(dirname(first));
  });

  it('has all processes of the stack and the threads of a worker, once one of them is asked for', async () => {
    const root = await copyOfProject();
    const stack = await builtCommand('stack', root);
    const files = ['codec-server', 'lambda-endpoint', 'stack', 'thread', 'worker', 'workflows'].map(
      (name) => `${name}.cjs`,
    );
    expect((await readdir(dirname(stack))).sort()).toEqual(files);
    expect(await builtCommand('worker', root)).toBe(join(dirname(stack), 'worker.cjs'));
  });

  it('stays while a process that serves runs from it, and goes when it is old and not in use', async () => {
    const root = await copyOfProject();
    const used = join(root, 'build', 'used');
    const left = join(root, 'build', 'left');
    const long = new Date(Date.now() - 2 * 3_600_000);
    for (const folder of [used, left]) await mkdir(folder, { recursive: true });
    keepBuild(join(used, 'worker.cjs'));
    await writeFile(join(left, `${DEAD}.pid`), '');
    for (const folder of [used, left]) await utimes(folder, long, long);
    const file = await builtCommand('models', root);
    expect((await readdir(join(root, 'build'))).sort()).toEqual([basename(dirname(file)), 'used'].sort());
  });

  it('keeps what was compiled, and does without when that is damaged', async () => {
    const root = await copyOfProject();
    const env = await scratch();
    const run = () => runCommand(process.execPath, [join(root, 'scripts/cli.mjs'), 'models', '--json'], env);
    const answer = { code: 0, stdout: '[]\n', stderr: '' };
    expect(await run()).toEqual(answer);
    const folder = dirname(await builtCommand('models', root));
    const [cache] = (await readdir(folder)).filter((name) => name.endsWith('.cache'));
    const compiled = await readFile(join(folder, cache!));
    expect(await run()).toEqual(answer);
    expect(await readFile(join(folder, cache!))).toEqual(compiled);
    await writeFile(join(folder, cache!), compiled.subarray(0, compiled.length / 2));
    expect(await run()).toEqual(answer);
    expect((await readFile(join(folder, cache!))).length).toBeGreaterThan(compiled.length / 2);
  });

  it('says what the sources say, and finds what lies beside them', async () => {
    const env = await scratch();
    const run = (...program: string[]) => runCommand(process.execPath, [...program, 'models', '--json'], env);
    const built = await run('scripts/cli.mjs');
    expect(built).toEqual({ code: 0, stdout: '[]\n', stderr: '' });
    expect(await run('--import', 'tsx', 'src/client.ts')).toEqual(built);
  });

  it('is left out for own learners, which share our sources', async () => {
    const env = { ...(await scratch()), MLOPS_LEARNERS: resolve('test/unit/learner/centroid.ts') };
    const models = await runCommand(process.execPath, ['scripts/cli.mjs', 'models', '--json'], env);
    expect(models).toEqual({ code: 0, stdout: '[]\n', stderr: '' });
  });

  it('tells who pipes JSON through npm of the lines that npm adds', async () => {
    const env = { ...(await scratch()), npm_lifecycle_event: 'models' };
    const command = (loglevel: string) =>
      runCommand(process.execPath, ['scripts/cli.mjs', 'models', '--json'], { ...env, npm_config_loglevel: loglevel });
    expect((await command('notice')).stderr).toContain('npm run -s');
    expect(await command('silent')).toEqual({ code: 0, stdout: '[]\n', stderr: '' });
  });

  it('needs packages, and says how to get them', async () => {
    const root = await temporaryDirectory();
    await mkdir(join(root, 'scripts'));
    for (const file of ['cli.mjs', 'build.mjs', 'code-cache.mjs'])
      await cp(join('scripts', file), join(root, 'scripts', file));
    const { code, stderr } = await runCommand(
      process.execPath,
      [join(root, 'scripts/cli.mjs'), 'models'],
      await scratch(),
    );
    expect([code, stderr]).toEqual([1, expect.stringMatching(/^The packages are not installed: run .*\n$/)]);
  });
});
