import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import type { TestProject } from 'vitest/node';
import { WORKFLOWS } from '../../src/worker.js';
import { makeDirectory } from './temp.js';
import { serverBinary } from './temporal.js';

declare module 'vitest' {
  interface ProvidedContext {
    /** Path of the bundled workflow code. */
    workflowBundle: string;
    /** Path of the compiled program of a watched worker. */
    watchedWorker: string;
  }
}

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/**
 * Watched workers start by the dozen: compiled once, with the parts that they load by name beside them, each starts
 * twice as fast as from source. The folder is one below the root, where the sources have theirs.
 */
async function compileWorker(): Promise<{ directory: string; program: string }> {
  const directory = await mkdtemp(join(ROOT, '.test-build-'));
  await build({
    entryPoints: {
      'watched-worker': join(ROOT, 'test/support/watched-worker.ts'),
      thread: join(ROOT, 'src/activities/compute/thread.ts'),
      lambda: join(ROOT, 'src/serving/lambda.ts'),
    },
    ...{ outdir: directory, bundle: true, packages: 'external', format: 'esm', platform: 'node', target: 'node20' },
    logLevel: 'silent',
  });
  return { directory, program: join(directory, 'watched-worker.js') };
}

/** A server that must be built first is built once, before any test waits for it; workflows are bundled once. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  await serverBinary();
  const directory = await makeDirectory();
  const codePath = join(directory, 'workflows.js');
  const { code } = await bundleWorkflowCode({ ...WORKFLOWS, logger: new DefaultLogger('WARN') });
  await writeFile(codePath, code);
  project.provide('workflowBundle', codePath);
  const worker = await compileWorker();
  project.provide('watchedWorker', worker.program);
  return async () => {
    for (const made of [directory, worker.directory]) await rm(made, { recursive: true, force: true });
  };
}
