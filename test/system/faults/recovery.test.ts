import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Activities } from '../../../src/activities/index.js';
import type { Definition } from '../../../src/contracts/definition.js';
import type { PipelineOutcome } from '../../../src/contracts/pipeline.js';
import { completedActivities, pendingActivities } from '../../support/histories.js';
import { type Lab, openLab, sampleDefinition } from '../../support/lab.js';
import { anywhere } from '../../support/leaderboard.js';
import { connectTemporal } from '../../support/temporal.js';
import { until } from '../../support/until.js';
import type { Hold, Watched } from '../../support/watched-worker.js';

/** A dead worker is noticed after 10 s without a heartbeat; the rest is for a machine with much else to do. */
const LONG_MS = 180_000;

/** How many activities are over when a run has come to this one; profile and train run side by side, and so do evaluate and judge. */
const COMPLETED_BEFORE = {
  ingestDataset: 0,
  profileDataset: 8,
  prepareFeatures: 2,
  crossValidateCandidate: 8,
  fitCandidate: 9,
  evaluateCandidate: 11,
  judgeCandidate: 11,
  registerModel: 12,
  recordDecision: 13,
  servingNow: 14,
  publishModel: 15,
  smokeTest: 16,
  shiftTraffic: 17,
  promoteModel: 18,
  scheduleMonitoring: 19,
  reportTraining: 20,
} satisfies Partial<Record<keyof Activities, number>>;

type Watchable = keyof typeof COMPLETED_BEFORE;

const EVERY = Object.keys(COMPLETED_BEFORE) as Watchable[];
const WITH_EFFECTS: Watchable[] = [
  'ingestDataset',
  'registerModel',
  'recordDecision',
  'publishModel',
  'shiftTraffic',
  'promoteModel',
  'scheduleMonitoring',
  'reportTraining',
];
const CASES: { hold: Hold; at: string; activity: Watchable }[] = [
  ...EVERY.map((activity) => ({ activity, at: 'before' as const })),
  ...WITH_EFFECTS.map((activity) => ({ activity, at: 'after' as const })),
].map(({ activity, at }) => ({ activity, at, hold: { activity, at, model: `${at}-${activity.toLowerCase()}` } }));

let temporal: TestWorkflowEnvironment;
const closing: (() => Promise<void>)[] = [];
afterAll(async () => {
  for (const close of closing) await close();
  await temporal.teardown();
});

/** A model of its own and a split of its own: no case computes what another one does. */
const definitionOf = ({ model }: Hold, index: number): Promise<Definition> =>
  sampleDefinition(`model=${model}`, `split.seed=${index}`, 'gate.minimum={}');

/** What became of a case: its run stopped at its hold, its worker died there, and another worker came. */
interface Recovered {
  definition: Definition;
  outcome: PipelineOutcome;
  /** `workflow id/activity id` of what had completed before. */
  completed: Set<string>;
  again: Watched[];
  undisturbed: PipelineOutcome;
}
const recovered = new Map<Hold, Recovered>();
let lab: Lab;

beforeAll(async () => {
  temporal = await connectTemporal();
  lab = await openLab(temporal, (close) => closing.push(close));
  const definitions = await Promise.all(CASES.map(({ hold }, index) => definitionOf(hold, index)));
  const first = await lab.work(...CASES.map(({ hold }) => hold));
  const runs = await Promise.all(definitions.map((definition) => lab.start(definition, false)));
  await first.held;
  const families = runs.map((run, index) => [run, lab.deployment(definitions[index]!)]);
  for (const family of families)
    await until(
      () => pendingActivities(family),
      ({ length }) => length === 1,
    );
  await first.kill();
  const completed = await Promise.all(families.map(completedActivities));
  const before = (await lab.watched()).length;

  await lab.work();
  const outcomes = await Promise.all(runs.map((run) => run.result()));
  const again = (await lab.watched()).slice(before).filter(({ event }) => event === 'start');

  const quiet = await openLab(temporal, (close) => closing.push(close));
  await quiet.work();
  const undisturbed = await Promise.all(
    definitions.map(async (definition) => (await quiet.start(definition)).result()),
  );
  CASES.forEach(({ hold }, index) => {
    const own = new Set(families[index]!.map(({ workflowId }) => workflowId));
    recovered.set(hold, {
      definition: definitions[index]!,
      outcome: outcomes[index]!,
      completed: completed[index]!,
      again: again.filter(({ workflowId }) => own.has(workflowId)),
      undisturbed: undisturbed[index]!,
    });
  });
}, LONG_MS);

describe('a run whose worker was killed', () => {
  it.each(CASES)('$at $activity', async ({ hold, activity }) => {
    const { definition, outcome, completed, again, undisturbed } = recovered.get(hold)!;
    expect(outcome).toMatchObject({ outcome: 'deployed', unchanged: false, model: { version: 1 } });
    expect(outcome.model).toEqual(undisturbed.model);
    expect(anywhere(outcome.leaderboard)).toEqual(anywhere(undisturbed.leaderboard));

    expect(again).toContainEqual(expect.objectContaining({ activity: hold.activity, attempt: 2 }));
    expect(completed.size).toBe(COMPLETED_BEFORE[activity]);
    expect(again.filter(({ workflowId, activityId }) => completed.has(`${workflowId}/${activityId}`))).toEqual([]);

    expect(await lab.registry.versions(definition.model)).toHaveLength(1);
    expect(await lab.publishedVersions(definition.deployment.functionName)).toEqual(['1']);
    expect(await lab.serving(definition)).toBe('1');
    expect(await lab.champions(definition)).toEqual([1]);
  });

  it('leaves nothing half done', async () => {
    expect(await lab.leftovers()).toEqual([]);
  });
});
