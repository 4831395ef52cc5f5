import { copyFile, mkdtemp, readdir, rm } from 'node:fs/promises';
import { basename, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type BuildOptions } from 'esbuild';
import type { TestProject } from 'vitest/node';
import { FAILURE_CONVERTER } from '../../src/vendors/temporal/codec/data-converter.js';
import { writeWorkflowBundle } from '../../src/worker/workflow-code.js';
import { makeDirectory } from './temp.js';
import { startTemporal } from './temporal-server.js';

declare module 'vitest' {
  interface ProvidedContext {
    /** Address of the Temporal server that files share, each in a namespace of its own. */
    temporal: string;
    /** Path of the bundled workflow code. */
    workflowBundle: string;
    /** Path of the compiled program of a watched worker. */
    watchedWorker: string;
    /** Path of the compiled command line. */
    client: string;
  }
}

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** What the programs of tests have in common; a folder one below the root is where the sources have theirs. */
const settings = (outdir: string) =>
  ({ outdir, format: 'esm', platform: 'node', target: 'node20', logLevel: 'silent' }) satisfies BuildOptions;

/** Watched workers start by the dozen: one file, with the parts that are loaded by name beside it, starts fastest. */
async function bundleWorker(directory: string): Promise<string> {
  const entryPoints = {
    'worker/watched-worker': join(ROOT, 'test/support/watched-worker.ts'),
    'compose/thread': join(ROOT, 'src/compose/thread.ts'),
    'serving/lambda': join(ROOT, 'src/serving/lambda.ts'),
  };
  await build({ ...settings(directory), entryPoints, bundle: true, packages: 'external' });
  await copyFile(FAILURE_CONVERTER, join(directory, 'worker', basename(FAILURE_CONVERTER)));
  return join(directory, 'worker/watched-worker.js');
}

/** The commands as `npm run build` makes them: they start twice as fast as from source, which one test of test/system/stack/stack runs. */
async function compileSources(directory: string, workflowBundle: string): Promise<string> {
  const files = await readdir(join(ROOT, 'src'), { recursive: true });
  const entryPoints = files.filter((file) => /(?<!\.d)\.ts$/.test(file)).map((file) => join(ROOT, 'src', file));
  await build({ ...settings(directory), entryPoints, outbase: join(ROOT, 'src') });
  await copyFile(FAILURE_CONVERTER, join(directory, relative(join(ROOT, 'src'), FAILURE_CONVERTER)));
  await copyFile(workflowBundle, join(directory, 'workflow-bundle.js'));
  return join(directory, 'client.js');
}

/** Before the tests: starts the Temporal server, which may have to be built first, and bundles workflows and programs. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const temporal = await startTemporal();
  project.provide('temporal', temporal.address);
  const directory = await makeDirectory();
  const workflowBundle = await writeWorkflowBundle(false, join(directory, 'workflows.js'));
  project.provide('workflowBundle', workflowBundle);
  const made = [directory];
  const program = async (compile: (directory: string) => Promise<string>) => {
    made.push(await mkdtemp(join(ROOT, '.test-build-')));
    return compile(made.at(-1)!);
  };
  project.provide('watchedWorker', await program(bundleWorker));
  project.provide('client', await program((directory) => compileSources(directory, workflowBundle)));
  return async () => {
    await temporal.teardown();
    for (const path of made) await rm(path, { recursive: true, force: true });
  };
}
