import { access, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inject, expect, it } from 'vitest';
import { CHECK_DRIFT, STORE_HEADER, TRAINING_PIPELINE } from '../../../src/contracts/names.js';
import { plainRefusal } from '../../../src/contracts/failures.js';
import { builtWorkflows, interceptorsOf, WORKFLOWS } from '../../../src/worker/workflow-code.js';
import { temporaryDirectory } from '../../support/temp.js';

it('is the bundle where a build left one, else the source', async () => {
  const bundle = join(await temporaryDirectory(), 'workflow-bundle.js');
  expect(builtWorkflows(false, bundle)).toEqual(WORKFLOWS);
  await writeFile(bundle, '');
  expect(builtWorkflows(false, bundle)).toEqual({ workflowBundle: { codePath: bundle } });
});

it('is source when this runs from source, whatever an earlier build left', () => {
  for (const encrypting of [false, true]) expect(builtWorkflows(encrypting)).toEqual(WORKFLOWS);
});

it('refuses plain payloads and passes the store on in its bundle, by a module that lies beside the workflows', async () => {
  const code = await readFile(inject('workflowBundle'), 'utf8');
  expect(code).toContain(STORE_HEADER);
  expect(code).toContain(plainRefusal(''));
  for (const module of interceptorsOf(WORKFLOWS)) await access(module);
  const elsewhere = [join('elsewhere', 'kit', 'interceptors.js')];
  expect(interceptorsOf({ workflowsPath: join('elsewhere', 'index.js') })).toEqual(elsewhere);
});

it('has every workflow in its bundle', async () => {
  const code = await readFile(inject('workflowBundle'), 'utf8');
  for (const workflow of [TRAINING_PIPELINE, CHECK_DRIFT]) expect(code).toContain(workflow);
});

it('has no schemas in its bundle: every cached workflow would hold them', async () => {
  const code = await readFile(inject('workflowBundle'), 'utf8');
  expect(code).toContain('node_modules/@temporalio/workflow/');
  expect(code).not.toMatch(/node_modules\/zod|ZodType|src\/(definition|report|activities)\//);
});
