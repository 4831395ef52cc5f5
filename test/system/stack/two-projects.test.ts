import { randomUUID } from 'node:crypto';
import { WorkflowFailedError } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listSchedules } from '../../../src/client/drift-checks.js';
import { failedEnd, findRun } from '../../../src/client/runs.js';
import { schedulesOf, createTemporalSchedules } from '../../../src/vendors/temporal/schedules.js';
import { openLab, sampleDefinition } from '../../support/lab.js';
import { connectTemporal } from '../../support/temporal.js';

const LIMIT_MS = 180_000;

let temporal: TestWorkflowEnvironment;
beforeAll(async () => {
  temporal = await connectTemporal();
});
afterAll(() => temporal.teardown());

type Undo = (close: () => Promise<void>) => void;

/** A project in the one namespace; a blank task queue is none that was given. */
const openProjectLab = (undo: Undo, taskQueue: string) =>
  openLab(temporal, undo, { MLOPS_TASK_QUEUE: taskQueue }, { namespace: temporal.client.options.namespace });

describe('two projects on one namespace', () => {
  it(
    'train, deploy and watch the same model at the same time, each with what is its own',
    async ({ onTestFinished }) => {
      const labs = [await openProjectLab(onTestFinished, ''), await openProjectLab(onTestFinished, '')] as const;
      await Promise.all(labs.map((lab) => lab.work()));
      const definition = await sampleDefinition();
      const runs = await Promise.all(labs.map((lab) => lab.start(definition)));
      const outcomes = await Promise.all(runs.map((run) => run.result()));
      for (const [index, lab] of labs.entries()) {
        expect(outcomes[index]).toMatchObject({ outcome: 'deployed', warnings: expect.any(Array) as unknown });
        expect(outcomes[index]!.warnings.map(({ code }) => code)).not.toContain('not-monitored');
        const { registry, store, project, client } = lab;
        const versions = await registry.versions(definition.model);
        expect(versions.map(({ version, lineage }) => [version, lineage.workflowId])).toEqual([
          [1, runs[index]!.workflowId],
        ]);
        await store.get(versions[0]!.model);
        expect(await lab.serving(definition)).toBe('1');
        const watched = await lab.watched();
        const own = watched.filter(({ workflowId }) => workflowId === runs[index]!.workflowId);
        expect([own.length > 0, watched.some(({ workflowId }) => workflowId === runs[1 - index]!.workflowId)]).toEqual([
          true,
          false,
        ]);
        expect((await findRun(client, project.taskQueue, undefined)).workflowId).toBe(runs[index]!.workflowId);
        expect((await listSchedules(client, project.taskQueue)).map(({ id }) => id)).toEqual([
          `drift-${definition.model}`,
          `retrain-${definition.model}`,
        ]);
        await expect(findRun(client, project.taskQueue, runs[1 - index]!.workflowId)).rejects.toThrow(
          `is another project's, on task queue ${labs[1 - index]!.project.taskQueue}`,
        );
        expect((await findRun(client, project.taskQueue, `deploy-${definition.model}`)).workflowId).toBe(
          `deploy-${definition.model}.${project.taskQueue}`,
        );
      }
    },
    LIMIT_MS,
  );

  it(
    'that share a task queue refuse each other’s runs by name',
    async ({ onTestFinished }) => {
      const [asking, working] = [
        await openProjectLab(onTestFinished, 'shared'),
        await openProjectLab(onTestFinished, 'shared'),
      ];
      await working.work();
      const run = await asking.start(await sampleDefinition());
      const error: unknown = await run.result().catch((failure: unknown) => failure);
      expect(error).toBeInstanceOf(WorkflowFailedError);
      const { failure } = failedEnd(error);
      const [store, keeps] = [asking, working].map(({ project }) => project.store.slice(0, 8));
      expect(failure).toEqual({
        type: 'StoreMismatch',
        message:
          `This run is of the store ${store}, and the worker that listens on task queue shared keeps ${keeps} in ${working.home}: ` +
          'give each project a task queue of its own with MLOPS_TASK_QUEUE, or point command and worker at the same home or bucket.',
      });
      const check = await asking.check(await sampleDefinition());
      await expect(check.result()).rejects.toBeInstanceOf(WorkflowFailedError);
      await expect(working.watched()).rejects.toThrow('ENOENT'); // it wrote none down, as it did none
    },
    LIMIT_MS,
  );

  it('that share a task queue do not take each other’s schedules', async () => {
    const [spec] = schedulesOf(await sampleDefinition(), 'one');
    const schedules = (store: string) =>
      createTemporalSchedules(temporal.client.schedule, { taskQueue: `shared-${spec.model}`, store });
    const [one, other] = [schedules('one'), schedules(randomUUID())];
    await one.ensure(spec);
    await one.ensure(spec);
    await expect(other.ensure(spec)).rejects.toThrow(/^The schedule drift-.* is another store's: .*MLOPS_TASK_QUEUE/);
    await one.remove(spec.id);
  });
});
