import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { bundleWorkflowCode, DefaultLogger, type WorkflowBundle } from '@temporalio/worker';
import { BUILD_FOLDER } from '../config/environment.js';
import { writeFileAtomic } from '../store/files.js';
import { FAILURE_CONVERTER } from '../vendors/temporal/codec/data-converter.js';

/** Workflow code: bundled when a worker starts, or before, at this path. */
export type Workflows = { workflowsPath: string } | { workflowBundle: { codePath: string } };

/** The workflows as their source has them; a worker takes about two seconds to bundle them. */
export const WORKFLOWS: { workflowsPath: string } = {
  workflowsPath: fileURLToPath(new URL(`../workflows/index${extname(import.meta.url)}`, import.meta.url)),
};

/**
 * The module beside these workflows that refuses plain payloads and passes the store of a run on to its activities: part of
 * every bundle. Workflows need not lie beside the program that bundles them.
 */
export const interceptorsOf = ({ workflowsPath }: { workflowsPath: string }): string[] => [
  join(dirname(workflowsPath), 'kit', `interceptors${extname(workflowsPath)}`),
];

/** Where bundles are kept: in the folder of the compiled sources, by `npm run build`, or in that of the build this runs from. */
function bundleOf(encrypting: boolean): string {
  const name = encrypting ? 'workflow-bundle-encrypting.js' : 'workflow-bundle.js';
  return BUILD_FOLDER === null ? fileURLToPath(new URL(`../${name}`, import.meta.url)) : join(BUILD_FOLDER, name);
}

/**
 * What a worker should run: the bundle of the build where there is one, else the workflows as they are.
 * @param encrypting of a worker that encrypts: its workflows put failures into payloads, too
 */
export const builtWorkflows = (encrypting: boolean, bundle = bundleOf(encrypting)): Workflows =>
  existsSync(bundle) ? { workflowBundle: { codePath: bundle } } : WORKFLOWS;

/** The same; the first worker of a build leaves the bundle for all that follow. */
export async function readyWorkflows(encrypting: boolean): Promise<Workflows> {
  // In a process of its own: the bundler takes half a gigabyte, which a worker would keep.
  if (BUILD_FOLDER !== null && !existsSync(bundleOf(encrypting)))
    await promisify(execFile)(process.execPath, [
      join(BUILD_FOLDER, 'workflows.cjs'),
      encrypting ? 'encrypting' : 'plain',
    ]);
  return builtWorkflows(encrypting);
}

/** The workflows in one piece, as every worker bundles them. */
const bundleWorkflows = (encrypting = false): Promise<WorkflowBundle> =>
  bundleWorkflowCode({
    ...WORKFLOWS,
    workflowInterceptorModules: interceptorsOf(WORKFLOWS),
    ...(encrypting ? { failureConverterPath: FAILURE_CONVERTER } : {}),
    logger: new DefaultLogger('WARN'),
  });

/** Writes the bundle that workers find, and gives its path. */
export async function writeWorkflowBundle(encrypting: boolean, bundle = bundleOf(encrypting)): Promise<string> {
  const { code } = await bundleWorkflows(encrypting);
  await writeFileAtomic(bundle, code);
  return bundle;
}
