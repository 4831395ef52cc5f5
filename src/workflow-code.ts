import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, DefaultLogger, type WorkflowBundle } from '@temporalio/worker';

/** Workflow code: bundled when a worker starts, or before, at this path. */
export type Workflows = { workflowsPath: string } | { workflowBundle: { codePath: string } };

/** The workflows as their source has them; a worker takes about two seconds to bundle them. */
export const WORKFLOWS: { workflowsPath: string } = {
  workflowsPath: fileURLToPath(new URL(`./workflows/index${extname(import.meta.url)}`, import.meta.url)),
};

/** Modules whose interceptors surround every workflow, by path or package; a worker and a bundle have the same ones. */
export const WORKFLOW_INTERCEPTORS: string[] = [];

/** Where `npm run build` leaves the bundle, beside this file as compiled. */
const BUNDLE = fileURLToPath(new URL('./workflow-bundle.js', import.meta.url));

/** What a worker should run: the bundle of the build where there is one, else the workflows beside this file. */
export const builtWorkflows = (bundle = BUNDLE): Workflows =>
  existsSync(bundle) ? { workflowBundle: { codePath: bundle } } : WORKFLOWS;

/** The workflows in one piece, as every worker bundles them. */
export const bundleWorkflows = (): Promise<WorkflowBundle> =>
  bundleWorkflowCode({
    ...WORKFLOWS,
    workflowInterceptorModules: WORKFLOW_INTERCEPTORS,
    logger: new DefaultLogger('WARN'),
  });

/** Writes the bundle that workers find, and gives its path. */
export async function writeWorkflowBundle(bundle = BUNDLE): Promise<string> {
  const { code } = await bundleWorkflows();
  await writeFile(bundle, code);
  return bundle;
}
