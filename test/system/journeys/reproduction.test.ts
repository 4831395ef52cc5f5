import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ModelDocument } from '../../../src/contracts/model.js';
import type { PipelineOutcome } from '../../../src/contracts/pipeline.js';
import type { Stage } from '../../../src/contracts/names.js';
import { openLab, sampleDefinition } from '../../support/lab.js';
import { anywhere } from '../../support/leaderboard.js';
import { connectTemporal } from '../../support/temporal.js';
import { LIMIT_MS } from '../../support/until.js';

const COMPUTING: Stage[] = ['ingest', 'profile', 'features', 'train', 'validate'];

let temporal: TestWorkflowEnvironment;
beforeAll(async () => {
  temporal = await connectTemporal();
});
afterAll(() => temporal.teardown());

const reusedIn = ({ stages }: PipelineOutcome) => stages.filter(({ reused }) => reused).map(({ stage }) => stage);

it(
  'two machines make the same model of the same data, definition and seed, and it decides by the rule it was given',
  async ({ onTestFinished }) => {
    const rule = { rule: 'recall', atLeast: 0.95 };
    const definition = await sampleDefinition('calibration=platt', `threshold=${JSON.stringify(rule)}`);
    const outcomes = await Promise.all(
      Array.from({ length: 2 }, async () => {
        const lab = await openLab(temporal, onTestFinished);
        await lab.work();
        return (await lab.start(definition)).result();
      }),
    );
    const [one, another] = outcomes.map(({ model, leaderboard, holdout }) => ({
      ...{ model, holdout, leaderboard: anywhere(leaderboard) },
    }));
    expect(one).toEqual(another);
    expect(outcomes.map(reusedIn)).toEqual([[], []]);

    const { url } = outcomes[0]!.endpoint!;
    const card = (await (await fetch(`${url}model`)).json()) as Pick<ModelDocument, 'threshold' | 'thresholdChoice'>;
    expect(card).toMatchObject({ calibration: 'platt', thresholdChoice: { rule } });
    expect(card.thresholdChoice!.recall).toBeGreaterThanOrEqual(0.85);
    expect(card.threshold).not.toBe(0.5);
    const rows = Array.from({ length: 141 }, (_, i) => ({ r: 44, g: 30, b: 26, hb: 4 + i / 10 }));
    const response = await fetch(url, { method: 'POST', body: JSON.stringify({ dataframe_records: rows }) });
    const { predictions, scores } = (await response.json()) as Record<'predictions' | 'scores', number[]>;
    expect(predictions).toEqual(scores.map((score) => (score >= card.threshold ? 1 : 0)));
    expect(new Set(predictions).size).toBe(2);
  },
  LIMIT_MS,
);

it(
  'a run repeated reuses what was computed, and one that may not comes to the same',
  async ({ onTestFinished }) => {
    const definition = await sampleDefinition();
    const lab = await openLab(temporal, onTestFinished);
    await lab.work();
    const first = await (await lab.start(definition)).result();
    const repeated = await (await lab.start(definition)).result();
    const computed = await (await lab.start(definition, false)).result();

    expect(reusedIn(first)).toEqual([]);
    expect(reusedIn(repeated)).toEqual(COMPUTING);
    expect(reusedIn(computed)).toEqual([]);
    for (const later of [repeated, computed]) {
      expect(later).toMatchObject({
        outcome: 'deployed',
        unchanged: true,
        model: first.model,
        endpoint: first.endpoint,
      });
      expect(later.leaderboard).toEqual(first.leaderboard);
    }
    expect(await lab.registry.versions(definition.model)).toHaveLength(1);
    expect(await lab.publishedVersions(definition.deployment.functionName)).toEqual(['1']);
    expect(await lab.champions(definition)).toEqual([1]);

    const reseeded = await (await lab.start(await sampleDefinition('split.seed=7'))).result();
    expect(reusedIn(reseeded)).toEqual(['ingest', 'profile']);
    expect(reseeded.model?.sha256).not.toBe(first.model?.sha256);
  },
  LIMIT_MS,
);
