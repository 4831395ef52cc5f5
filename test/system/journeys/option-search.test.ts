import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ModelDocument } from '../../../src/contracts/model.js';
import { completedActivities } from '../../support/histories.js';
import { openLab, sampleDefinition } from '../../support/lab.js';
import { anywhere } from '../../support/leaderboard.js';
import { connectTemporal } from '../../support/temporal.js';
import { LIMIT_MS } from '../../support/until.js';

let temporal: TestWorkflowEnvironment;
beforeAll(async () => {
  temporal = await connectTemporal();
});
afterAll(() => temporal.teardown());

const SEARCHED = [
  { kind: 'logistic-regression' },
  {
    ...{ kind: 'gradient-boosting', options: { trees: 20 } },
    search: { method: 'grid', options: { learningRate: [0.1, 0.3], maxDepth: [2, 3] } },
  },
];

it(
  'a worker killed during an option search loses no trial, and the search comes to what an undisturbed one does',
  async ({ onTestFinished }) => {
    const definition = await sampleDefinition(
      `candidates=${JSON.stringify(SEARCHED)}`,
      'search.innerFolds=3',
      'selection.metric=logLoss',
    );
    const disturbed = await openLab(temporal, onTestFinished);
    const first = await disturbed.work({ model: definition.model, activity: 'nestedCrossValidate', at: 'before' });
    const run = await disturbed.start(definition);
    await first.held;
    await first.kill();
    const completed = await completedActivities([run]);
    const before = (await disturbed.watched()).length;
    await disturbed.work();
    const outcome = await run.result();
    const again = (await disturbed.watched()).slice(before).filter(({ event }) => event === 'start');

    expect(again).toContainEqual(expect.objectContaining({ activity: 'nestedCrossValidate', attempt: 2 }));
    expect(again.filter(({ workflowId, activityId }) => completed.has(`${workflowId}/${activityId}`))).toEqual([]);
    expect(again.filter(({ activity }) => activity === 'crossValidateCandidate').length).toBeLessThan(4);

    const { trials } = definition.candidates[1]!.search!;
    const row = outcome.leaderboard.find(({ search }) => search !== null)!;
    expect(row).toMatchObject({ candidate: 'gradient-boosting', repeats: 2, folds: 5 });
    expect(row.search).toMatchObject({ method: 'grid', measured: 4, planned: 4 });
    expect(row.search!.best.map(({ options }) => JSON.stringify(options)).sort()).toEqual(
      trials.map((options) => JSON.stringify(options)).sort(),
    );
    expect(row.options).toEqual(row.search!.best[0]!.options);
    expect(row.search!.winner.value).toBe(row.search!.best[0]!.value);
    const values = row.search!.best.map(({ value }) => value!);
    expect(values).toEqual([...values].sort((a, b) => a - b));
    expect(new Set(values).size).toBeGreaterThan(1);

    const quiet = await openLab(temporal, onTestFinished);
    await quiet.work();
    const undisturbed = await (await quiet.start(definition)).result();
    expect(outcome.model).toEqual(undisturbed.model);
    expect(anywhere(outcome.leaderboard)).toEqual(anywhere(undisturbed.leaderboard));
    const card = (await (await fetch(`${undisturbed.endpoint!.url}model`)).json()) as Pick<ModelDocument, 'training'>;
    expect(card.training.candidate).toBe(undisturbed.chosen);

    const repeated = await (await quiet.start(definition)).result();
    expect(repeated.stages.find(({ stage }) => stage === 'train')).toMatchObject({ reused: true });
    expect(repeated.leaderboard).toEqual(undisturbed.leaderboard);
  },
  LIMIT_MS,
);
