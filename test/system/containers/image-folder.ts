import { execFile } from 'node:child_process';
import { chmod, chown, cp, mkdir, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { makeDirectory } from '../../support/temp.js';
import { CHECKOUT, imageStage, only, words } from './dockerfile.js';

const run = promisify(execFile);

/** A built image's folder and how to run from it. */
export interface ImageFolder {
  app: string;
  /** The one directory its user may write to, as `MLOPS_HOME`. */
  home: string;
  /** What the image runs, before the words of a command. */
  entry: string[];
  /** The command it runs by default. */
  command: string[];
  /** Whom to run as, where this may switch users at all. */
  user: { uid?: number; gid?: number };
  remove: () => Promise<void>;
}

/** Makes what the Dockerfile makes, by its own copy instructions, as a folder of this machine. */
export async function makeImageFolder(): Promise<ImageFolder> {
  const stage = await imageStage();
  const directory = await makeDirectory();
  const remove = () => rm(directory, { recursive: true, force: true, maxRetries: 3 });
  try {
    const [app, home, built] = [join(directory, 'app'), join(directory, 'home'), join(directory, 'built')];
    const stages: Record<string, string> = { packages: await packages(join(directory, 'packages')), build: built };
    await build(join(built, 'dist'));
    for (const { name, text } of stage) if (name === 'COPY') await copy(text, stages, app);
    const [uid, gid] = only(stage, 'USER').split(':').map(Number) as [number, number];
    await mkdir(home, { mode: 0o700 });
    await chmod(directory, 0o755); // its user is another than the one who made it
    const mayBecome = process.getuid?.() === 0;
    if (mayBecome) await chown(home, uid, gid);
    const entry = words(only(stage, 'ENTRYPOINT'));
    return { app, home, entry, command: words(only(stage, 'CMD')), user: mayBecome ? { uid, gid } : {}, remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

/** The packages of run time, by the lock file. */
async function packages(directory: string): Promise<string> {
  await mkdir(directory);
  for (const file of ['package.json', 'package-lock.json']) await cp(join(CHECKOUT, file), join(directory, file));
  await run('npm', ['ci', '--omit=dev', '--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline'], {
    cwd: directory,
  });
  return directory;
}

/** What `npm run build` does, into another folder than the checkout's. */
async function build(dist: string): Promise<void> {
  const compiler = join(CHECKOUT, 'node_modules/typescript/bin/tsc');
  await run(process.execPath, [compiler, '-p', 'tsconfig.build.json', '--outDir', dist], { cwd: CHECKOUT });
  await cp(join(CHECKOUT, 'package.json'), join(dist, '../package.json'));
  await run('ln', ['-s', join(CHECKOUT, 'node_modules'), join(dist, '../node_modules')]);
  await run(process.execPath, [join(CHECKOUT, 'scripts/bundle-workflows.mjs'), dist], { cwd: CHECKOUT });
}

/** Carries out one copy instruction: files into a directory, or the contents of one directory. */
async function copy(text: string, stages: Record<string, string>, app: string): Promise<void> {
  const parts = text.split(/\s+/);
  const stage = parts[0]?.startsWith('--from=') ? parts.shift()!.slice('--from='.length) : null;
  const target = join(app, parts.pop()!);
  for (const part of parts) {
    const source = stage === null ? join(CHECKOUT, part) : join(stages[stage]!, part.replace(/^\/app\//, ''));
    const into = text.endsWith('/') ? join(target, basename(part)) : target;
    await cp(source, into, { recursive: true, verbatimSymlinks: true });
  }
}
