// Bundles the compiled workflows into one file each for workers that encrypt and that do not, so that a worker need not do it at every start. Last part of `npm run
// build`. To run this: node scripts/bundle-workflows.mjs [compiled sources, dist by default]
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const { writeWorkflowBundle } = await import(
  pathToFileURL(resolve(process.argv[2] ?? 'dist', 'worker/workflow-code.js'))
);
for (const encrypting of [false, true]) console.log(`Bundled the workflows: ${await writeWorkflowBundle(encrypting)}`);
