import { beforeEach, describe, expect, it } from 'vitest';
import { compareOnCommonRows } from '../../../../src/compute/common-rows.js';
import { type JudgeInput, judgeTask } from '../../../../src/compute/tasks/judge.js';
import { createValidateActivities } from '../../../../src/activities/validate.js';
import type { ArtifactRef } from '../../../../src/contracts/values.js';
import type { ModelFeature } from '../../../../src/contracts/learner.js';
import { encodeMatrix } from '../../../../src/data/matrix.js';
import { encodeTrainingRows } from '../../../../src/data/row-fingerprints.js';
import { loadDefinition } from '../../../../src/definition/definition.js';
import { forEachMetric } from '../../../../src/ml/evaluation/metrics.js';
import { serializeModelDocument } from '../../../../src/model/model-document.js';
import { createFileStore } from '../../../support/file-store.js';
import { syntheticTable } from '../../ml/samples.js';
import { modelDocument } from '../../model/models.js';
import { FINGERPRINT_KEY, taskContext } from '../../../support/task-context.js';
import { temporaryDirectory } from '../../../support/temp.js';

const ROWS = 600;
/** Half of the rows are held out: every second. */
const table = syntheticTable(ROWS, 2, 5);
const roles = new Uint8Array(ROWS).map((_, row) => row % 2);
/** The champion has learned from the first 200 rows, a hundred of which are in the hold-out now. */
const SEEN = 200;
const COMMON = 200;
const positivesFrom = (first: number) =>
  table.labels.filter((label, row) => label === 1 && row >= first && roles[row] === 1).length;

const feature = (name: string, imputation: number | null = null): ModelFeature => ({
  ...{ name, unit: '', range: [0, 6], imputation, mean: 3, scale: 1.7 },
});

/** A logistic model of `a` and, with a weight, of `b`; the classes depend on both alike. */
const documentOf = (weightOfB: number, threshold = 0.5, features = [feature('a'), feature('b')]) => ({
  ...modelDocument({ kind: 'logistic-regression', intercept: 0, coefficients: [1.5, weightOfB] }, features),
  threshold,
});

const metrics = forEachMetric(() => ({ value: 0.9, low: 0.85, high: 0.95 }));

describe('the judge', () => {
  let store: ReturnType<typeof createFileStore>;
  let matrix: ArtifactRef;
  let trainingRows: ArtifactRef;

  beforeEach(async () => {
    store = createFileStore(await temporaryDirectory());
    matrix = await store.put(encodeMatrix({ names: ['a', 'b'], ...table, roles }));
    const seen = Int32Array.from({ length: SEEN }, (_, row) => row);
    trainingRows = await store.put(encodeTrainingRows(FINGERPRINT_KEY, table, seen));
  });

  const put = (document: ReturnType<typeof documentOf>) => store.put(serializeModelDocument(document));
  const judge = async (candidate = documentOf(1.5), champion = documentOf(0), changes: Partial<JudgeInput> = {}) => {
    const model = await put(candidate);
    const serving = { version: 3, model: await put(champion), trainingRows, crossValidated: metrics, confidence: 0.95 };
    const input: JudgeInput = {
      ...{ matrix, model, metric: 'rocAuc', crossValidated: metrics, confidence: 0.95, champion: serving },
      ...{ minimumRowsPerClass: 10, championConfidence: 0.9, seed: 7 },
      ...changes,
    };
    return judgeTask.run(input, taskContext(store));
  };

  it('measures every metric on the hold-out rows that the champion has not seen', async () => {
    const { comparison, warnings } = await judge(documentOf(1.5, 0.4), documentOf(0, 0.6));
    expect(warnings).toEqual([]);
    expect(comparison).toMatchObject({ version: 3, metric: 'rocAuc', basis: 'holdout', rows: COMMON, confidence: 0.9 });
    expect(comparison!.difference.low).toBeGreaterThan(0);
    const { onCommonRows } = comparison!;
    expect(onCommonRows).toMatchObject({ rows: COMMON, positives: positivesFrom(SEEN), confidence: 0.9 });
    expect(onCommonRows!.metrics.rocAuc.difference).toEqual(comparison!.difference);
    // A lower threshold calls more rows positive: the candidate's own one is used.
    expect(onCommonRows!.metrics.recall.difference!.value).toBeGreaterThan(0.1);
  });

  it('leaves out rows that the champion cannot score', async () => {
    const holey = table.columns[0]!.map((value, row) => (row % 6 === 1 ? NaN : value));
    matrix = await store.put(
      encodeMatrix({ names: ['a', 'b'], columns: [holey, table.columns[1]!], labels: table.labels, roles }),
    );
    const imputing = documentOf(1.5, 0.5, [feature('a', 3), feature('b')]);
    const { comparison } = await judge(imputing);
    const scorable = [...roles.keys()].filter((row) => row >= SEEN && row % 2 === 1 && row % 6 !== 1).length;
    expect(comparison).toMatchObject({ basis: 'holdout', rows: scorable });
    expect((await judge(imputing, { ...imputing, name: 'other' })).comparison?.rows).toBeGreaterThan(scorable);
  });

  it.each([
    ['too few rows of a class', {}, { minimumRowsPerClass: 150 }, /hold \d+ of the smaller class, fewer than 150/],
    ['a feature that is gone', { features: [feature('a'), feature('gone')] }, {}, /lack a feature/],
    ['an undefined metric', { threshold: 1 }, { metric: 'precision' }, /leave precision undefined/],
  ] as const)('goes by cross-validated estimates for %s', async (_, champion, changes, warning) => {
    const { threshold = 0.5, features } = champion as { threshold?: number; features?: ModelFeature[] };
    const { comparison, warnings } = await judge(documentOf(1.5), documentOf(0, threshold, features), changes);
    expect(comparison).toMatchObject({ basis: 'cross-validation', difference: { value: 0 }, onCommonRows: null });
    expect(warnings[0]?.message).toMatch(warning);
  });

  it.each([
    ['made under the key of another store', new Uint8Array(32)],
    ['that this store has not', null],
  ])('goes by cross-validated estimates for fingerprints %s', async (_, key) => {
    trainingRows =
      key === null
        ? { ...trainingRows, sha256: 'f'.repeat(64) }
        : await store.put(
            encodeTrainingRows(
              key,
              table,
              Int32Array.from({ length: SEEN }, (_, row) => row),
            ),
          );
    const { comparison, warnings } = await judge();
    expect(comparison).toMatchObject({ basis: 'cross-validation', rows: 0, difference: { value: 0 } });
    expect(warnings[0]?.message).toBe(
      'Which rows version 3 was trained on is known only to the store that trained it, under its key, and this one is another; cross-validated estimates were compared instead.',
    );
  });

  it('refuses fingerprints that are no list of them', async () => {
    trainingRows = await store.put(new Uint8Array(12));
    await expect(judge()).rejects.toMatchObject({ type: 'ArtifactCorrupt' });
  });

  it('shows two versions the same as the gate, whichever is named first', async () => {
    const { comparison } = await judge();
    const [newer, older] = [
      { model: await put(documentOf(1.5)), trainingRows: null },
      { model: await put(documentOf(0)), trainingRows },
    ];
    const asked = { matrix, minimumRowsPerClass: 2, confidence: 0.9, seed: 7 };
    const shown = await compareOnCommonRows(taskContext(store), { ...asked, a: newer, b: older });
    expect(shown).toEqual({ found: 'comparison', comparison: comparison!.onCommonRows });
    const turned = await compareOnCommonRows(taskContext(store), { ...asked, a: older, b: newer });
    const { value } = comparison!.difference;
    const mirrored = { difference: { value: -value } };
    expect(turned).toMatchObject({ comparison: { rows: COMMON, metrics: { rocAuc: mirrored } } });
  });

  it.each([
    ['not-worse', 0, true],
    ['better', 0, true],
    ['better', 0.3, false],
    ['not-worse', 0.3, false],
  ] as const)('as an activity: %s with margin %f', async (championRule, championMargin, passed) => {
    const definition = await loadDefinition('pipelines/anemia.json', [
      ...['gate.minimum={}', `gate.championRule=${championRule}`, `gate.championMargin=${championMargin}`],
      'gate.championConfidence=0.8',
      'gate.aboveChance=false',
    ]);
    const champion = {
      ...{ version: 3, model: await put(documentOf(0)), crossValidated: metrics, confidence: 0.95 },
      lineage: { trainingRows },
    };
    const ports = {
      registry: { alias: () => Promise.resolve(champion) },
      compute: {
        run: (_: string, task: JudgeInput) => judgeTask.run(task, taskContext(store)),
      },
      running: () => undefined,
    };
    // The other ports have no part in this activity.
    const activities = createValidateActivities(ports as never);
    const model = await put(documentOf(1.5));
    const confusion = { truePositives: 9, falsePositives: 2, trueNegatives: 60, falseNegatives: 3 };
    const chosen = { metrics, confusion, rows: 74, folds: 5 } as never;
    const verdict = await activities.judgeCandidate({ definition, matrix, model, chosen });
    expect(verdict).toMatchObject({
      passed,
      champion: 3,
      comparison: { confidence: 0.8, onCommonRows: { rows: COMMON } },
      warnings: [{ code: 'few-rows-for-gate' }],
    });
    const words = championRule === 'better' ? 'better than version 3 by at least' : 'not worse than version 3 (margin';
    expect(verdict.checks[0]?.rule).toContain(words);
    expect(verdict.checks[0]?.rule).toContain('80 % confidence');
  });
});
