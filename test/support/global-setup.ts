import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import type { TestProject } from 'vitest/node';
import { WORKFLOWS } from '../../src/worker.js';
import { makeDirectory } from './temp.js';
import { serverBinary } from './temporal.js';

declare module 'vitest' {
  interface ProvidedContext {
    /** Path of the bundled workflow code. */
    workflowBundle: string;
  }
}

/** A server that must be built first is built once, before any test waits for it; workflows are bundled once. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  await serverBinary();
  const directory = await makeDirectory();
  const codePath = join(directory, 'workflows.js');
  const { code } = await bundleWorkflowCode({ ...WORKFLOWS, logger: new DefaultLogger('WARN') });
  await writeFile(codePath, code);
  project.provide('workflowBundle', codePath);
  return () => rm(directory, { recursive: true, force: true });
}
