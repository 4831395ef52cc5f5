import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { runInThisContext } from 'node:vm';
import { Root } from 'protobufjs/light.js';
import { describe, expect, it } from 'vitest';

/** As `scripts/` writes it, without types. */
const path: string = '../../../scripts/prune-protos.mjs';
const { prunedProtos } = (await import(path)) as { prunedProtos: (root: string) => string };

/** The module's description, as the module itself makes it. */
function pruned(): Root {
  const module: { exports: unknown } = { exports: {} };
  const light = { roots: {}, Root };
  const load = `(function (require, module) {${prunedProtos(resolve('.'))}})`;
  (runInThisContext(load) as (require: () => object, module: object) => void)(() => light, module);
  return module.exports as Root;
}

const whole = createRequire(import.meta.url)('@temporalio/proto/protos/json-module.js') as Root;

const SERVICE = 'temporal.api.workflowservice.v1.WorkflowService';

describe("Temporal's protocol in the command line", () => {
  it('has all that its messages consist of', () => {
    expect(() => pruned().resolveAll()).not.toThrow();
  });

  it('has the calls that the client makes, and far fewer than there are', () => {
    const calls = pruned().lookupService(SERVICE).methods;
    for (const call of [
      'StartWorkflowExecution',
      'QueryWorkflow',
      'UpdateWorkflowExecution',
      'ListSchedules',
      'PatchSchedule',
    ])
      expect(calls).toHaveProperty(call);
    expect(calls).not.toHaveProperty('RespondWorkflowTaskCompleted');
    expect(Object.keys(calls).length).toBeLessThan(Object.keys(whole.lookupService(SERVICE).methods).length);
    expect(pruned().lookup('temporal.api.cloud')).toBeNull();
  });

  it('writes a request as the whole of it does', () => {
    const name = 'temporal.api.workflowservice.v1.StartWorkflowExecutionRequest';
    const request = {
      ...{ namespace: 'default', workflowId: 'train-1', workflowType: { name: 'trainingPipeline' } },
      ...{ taskQueue: { name: 'queue' }, input: { payloads: [{ data: Buffer.from('{}') }] } },
    };
    const bytes = (root: Root) => Buffer.from(root.lookupType(name).encode(request).finish()).toString('hex');
    expect(bytes(pruned())).toBe(bytes(whole));
  });
});
