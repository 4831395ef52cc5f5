import { cp, mkdir, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readConfig } from '../../../src/config/config.js';
import { runCommand } from '../../support/cli.js';
import { makeDirectory } from '../../support/temp.js';

const PACKAGE = ['package.json', 'README.md', 'LICENSE', 'pipelines', 'data/README.md', 'data/anemia-sample.csv'];
const NAME = 'anemia-mlops';

/**
 * A project outside of the checkout in which this package is installed as `npm pack` makes it; what it depends on is linked
 * to what is installed here.
 * @param example folder of the checkout that the project is a copy of
 * @param more further files of the project, by their paths in it
 * @returns its directory
 */
export async function packedProject(example: string, more: Record<string, string> = {}): Promise<string> {
  const root = readConfig().packageRoot;
  const [made, project] = await Promise.all([makeDirectory(), makeDirectory()]);
  const own = ['node_modules', 'dist', '.local'].map((name) => join(root, example, name));
  await cp(join(root, example), project, { recursive: true, filter: (path) => !own.includes(path) });

  for (const path of PACKAGE) await cp(join(root, path), join(made, path), { recursive: true });
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  await run(process.execPath, [tsc, '-p', join(root, 'tsconfig.build.json'), '--outDir', join(made, 'dist')]);
  const tarball = await run('npm', ['pack', '--silent', '--ignore-scripts', '--pack-destination', made], made);

  const modules = join(project, 'node_modules');
  await mkdir(join(modules, NAME), { recursive: true });
  await run('tar', ['-xzf', join(made, tarball.trim()), '--strip-components=1', '-C', join(modules, NAME)]);
  await rm(made, { recursive: true, force: true });
  for (const name of await readdir(join(root, 'node_modules')))
    if (!name.startsWith('.')) await symlink(join(root, 'node_modules', name), join(modules, name));
  // What npm install makes of "bin".
  await mkdir(join(modules, '.bin'));
  await symlink(join('..', NAME, 'dist', 'client.js'), join(modules, '.bin', NAME));
  for (const [path, text] of Object.entries(more)) await writeFile(join(project, path), text);
  await run(process.execPath, [tsc, '-p', project]);
  return project;
}

/** Runs a program to its end and gives what it says. @throws Error with that when it fails */
async function run(program: string, args: string[], directory?: string): Promise<string> {
  const { code, stdout, stderr } = await runCommand(program, args, process.env, directory);
  if (code !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${code}: ${stdout}${stderr}`);
  return stdout;
}
