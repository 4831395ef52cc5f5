import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { evaluateTask } from '../../../../src/compute/tasks/evaluate.js';
import { fitTask } from '../../../../src/compute/tasks/fit.js';
import { createValidateActivities } from '../../../../src/activities/validate.js';
import type { ArtifactRef } from '../../../../src/contracts/values.js';
import type { ModelDocument } from '../../../../src/contracts/model.js';
import type { MonitoringReference } from '../../../../src/contracts/reference.js';
import type { Evaluation, EvaluationResult, LeaderboardRow } from '../../../../src/contracts/results.js';
import { encodeMatrix } from '../../../../src/data/matrix.js';
import { loadDefinition } from '../../../../src/definition/definition.js';
import { crossValidate } from '../../../../src/ml/evaluation/cross-validate.js';
import { forEachMetric } from '../../../../src/ml/evaluation/metrics.js';
import { parseMonitoringReference } from '../../../../src/ml/drift/parse-reference.js';
import { stratifiedSplit } from '../../../../src/ml/evaluation/split.js';
import { parseModelDocument } from '../../../../src/model/model-document.js';
import { scoreRows } from '../../../../src/model/predict.js';
import { createFileStore } from '../../../support/file-store.js';
import { allRows, AS_IT_IS, feature, LOGISTIC, syntheticTable } from '../../ml/samples.js';
import { taskContext } from '../../../support/task-context.js';
import { makeDirectory, temporaryDirectory } from '../../../support/temp.js';

const ROWS = 400;
/** Below the training rows, so that cross-validation samples. */
const MAX_ROWS = 250;
const COLUMNS = [feature('a', 'median'), feature('b')].map((column) => ({ ...column, source: column.name }));
const SHARED = {
  columns: COLUMNS,
  split: { testFraction: 0.25, seed: 7 },
  validation: { folds: 5, repeats: 2, confidence: 0.9, maxRows: MAX_ROWS },
};

/** Every fifth value of the first feature is missing. */
const table = syntheticTable(ROWS, 2, 11);
table.columns[0]!.forEach((_, row, column) => (column[row] = row % 5 === 0 ? NaN : column[row]!));
const roles = stratifiedSplit(table.labels, 0.25, 7);
const train = allRows(ROWS).filter((row) => roles[row] === 0);

describe('evaluateTask', () => {
  const reported: string[] = [];
  let stored: { evaluation: Uint8Array; reference: Uint8Array };
  let evaluation: Evaluation;
  let reference: MonitoringReference;
  let again: EvaluationResult[];
  let document: ModelDocument;

  let directory: string;

  beforeAll(async () => {
    directory = await makeDirectory();
    const store = createFileStore(directory);
    const context = taskContext(store, (progress) => void reported.push(progress));
    const matrix = await store.put(encodeMatrix({ names: ['a', 'b'], ...table, roles }));
    const { model, outOfFold } = await fitTask.run(
      {
        ...{ ...SHARED, ...AS_IT_IS, candidate: LOGISTIC, matrix, model: 'tried', codeVersion: '1.0.0' },
        target: { source: 'label', labels: { yes: 1, no: 0 }, positive: 'yes', negative: 'no' },
        crossValidated: forEachMetric(() => ({ value: 0.5, low: null, high: null })),
        ...{ datasetSha256: 'a'.repeat(64), definitionSha256: 'b'.repeat(64) },
      },
      context,
    );
    document = parseModelDocument(await store.get(model));
    const input = { ...SHARED, matrix, model, outOfFold };
    again = [await evaluateTask.run(input, context), await evaluateTask.run(input, context)];
    const bytesOf = (ref: ArtifactRef) => store.get(ref);
    stored = { evaluation: await bytesOf(again[0]!.evaluation), reference: await bytesOf(again[0]!.reference) };
    evaluation = JSON.parse(Buffer.from(stored.evaluation).toString()) as Evaluation;
    reference = JSON.parse(Buffer.from(stored.reference).toString()) as MonitoringReference;
  });

  afterAll(() => rm(directory, { recursive: true, force: true }));

  it('gives the same bytes for the same inputs', () => {
    expect(again[1]).toEqual(again[0]);
  });

  it('has curves and calibration of as many rows as cross-validation saw', () => {
    expect(evaluation.rows).toBe(MAX_ROWS);
    const share = table.labels.reduce((sum, label) => sum + label, 0) / ROWS;
    expect(evaluation.positives / MAX_ROWS).toBeCloseTo(share, 2);
    expect(evaluation.calibration.reduce((sum, { rows }) => sum + rows, 0)).toBe(MAX_ROWS);
    expect(evaluation.roc[0]).toEqual({ falsePositiveRate: 0, truePositiveRate: 0 });
    expect(evaluation.roc.at(-1)).toEqual({ falsePositiveRate: 1, truePositiveRate: 1 });
    expect(evaluation.precisionRecall.at(-1)).toEqual({ recall: 1, precision: evaluation.positives / MAX_ROWS });
  });

  it('scores about as well out of fold as cross-validation says', () => {
    const area = evaluation.roc.slice(1).reduce((sum, point, i) => {
      const before = evaluation.roc[i]!;
      const width = point.falsePositiveRate - before.falsePositiveRate;
      return sum + (width * (point.truePositiveRate + before.truePositiveRate)) / 2;
    }, 0);
    const { metrics } = crossValidate({
      ...{ table, rows: train, columns: COLUMNS, candidate: LOGISTIC, seed: 7, score: scoreRows },
      ...{ validation: SHARED.validation, decision: AS_IT_IS },
    });
    expect(Math.abs(area - metrics.rocAuc.value!)).toBeLessThan(0.05);
    expect(area).toBeGreaterThan(0.7);
  });

  it('tells how much either feature matters on the hold-out', () => {
    expect(evaluation.importances.map((each) => each.feature)).toEqual(['a', 'b']);
    for (const { loss } of evaluation.importances) {
      expect(loss.value).toBeGreaterThan(0);
      expect(loss.low).toBeLessThan(loss.high!);
    }
  });

  it('stores a reference that monitoring reads', () => {
    expect(parseMonitoringReference(stored.reference)).toEqual(reference);
    expect(reference).toMatchObject({ schemaVersion: 1, model: 'tried', calibration: { kind: 'platt' } });
  });

  it('keeps the features of all rows, missing ones missing', () => {
    const [a, b] = reference.profile.features as [
      (typeof reference.profile.features)[0],
      (typeof reference.profile.features)[0],
    ];
    const present = table.columns[0]!.filter((value) => !Number.isNaN(value)).length;
    expect(a).toMatchObject({ name: 'a', rows: present, missing: ROWS - present });
    expect(b).toMatchObject({ name: 'b', rows: ROWS, missing: 0 });
    const sorted = table.columns[1]!.slice().sort();
    expect(b.distribution).toEqual({ kind: 'exact', values: [...sorted] });
  });

  it('keeps all labels, and what the model itself says of the hold-out', () => {
    const positives = table.labels.reduce((sum, label) => sum + label, 0);
    expect(reference.profile.labels).toEqual({ positives, negatives: ROWS - positives });
    const holdout = Int32Array.from([...roles.keys()].filter((row) => !train.includes(row)));
    const { distribution } = reference.profile.score;
    const values = distribution.kind === 'exact' ? distribution.values : [];
    const called = reference.profile.prediction.categories.find(({ value }) => value === '1');
    expect(called?.rows).toBe(values.filter((score) => score >= 0.5).length);
    expect(values).toEqual([...scoreRows(document, table, holdout)].sort((x, y) => x - y));
  });

  it('says how far it is', () => {
    expect(reported).toContain('logistic: 1 of 5 folds scored');
    expect(reported).toContain('logistic: 2 of 2 features shuffled');
  });
});

describe('activities of validation', () => {
  /** Activities whose tasks are written down and answered with one artifact. */
  async function watchedActivities() {
    const store = createFileStore(await temporaryDirectory());
    const artifact = await store.put(Buffer.from('{}'));
    const tasks: [name: string, task: Record<string, unknown>][] = [];
    const run = (name: string, task: Record<string, unknown>) => {
      tasks.push([name, task]);
      return Promise.resolve({ evaluation: artifact, reference: artifact });
    };
    const running = () => ({ workflowId: 'w', runId: 'r', activityId: '1' });
    // The other ports have no part in these activities.
    const activities = createValidateActivities({ store, compute: { run }, codeVersion: '1.0.0', running } as never);
    return { activities, artifact, tasks, definition: await loadDefinition('pipelines/anemia.json') };
  }

  it('evaluate the fitted candidate once, and again when model or folds differ', async () => {
    const { activities, artifact, tasks, definition } = await watchedActivities();
    const input = { definition, matrix: artifact, fit: { model: artifact, outOfFold: artifact }, reuse: true };
    expect((await activities.evaluateCandidate(input)).reused).toBe(false);
    expect(await activities.evaluateCandidate(input)).toEqual({
      reused: true,
      result: { evaluation: artifact, reference: artifact },
    });
    expect(tasks).toEqual([['evaluate/3', expect.objectContaining({ model: artifact, outOfFold: artifact })]]);
    const validation = { ...definition.validation, folds: 3 };
    await activities.evaluateCandidate({ ...input, definition: { ...definition, validation } });
    const other = { ...artifact, sha256: 'c'.repeat(64) };
    await activities.evaluateCandidate({ ...input, fit: { model: other, outOfFold: artifact } });
    expect(tasks).toHaveLength(3);
  });

  it('fit with the options of the row that was chosen, and again when calibration or threshold differ', async () => {
    const { activities, artifact, tasks, definition } = await watchedActivities();
    const options = { maxDepth: 7, minLeafRows: 2, exactUpToRows: 10 };
    const chosen = { candidate: 'cart', kind: 'cart', options } as LeaderboardRow;
    const input = { definition, datasetSha256: 'a'.repeat(64), matrix: artifact, chosen, reuse: true };
    await activities.fitCandidate(input);
    expect(tasks[0]![1]).toMatchObject({ candidate: { ...definition.candidates[1], options }, calibration: 'none' });
    expect((await activities.fitCandidate(input)).reused).toBe(true);
    await activities.fitCandidate({ ...input, definition: { ...definition, calibration: 'platt' } });
    await activities.fitCandidate({ ...input, definition: { ...definition, threshold: { rule: 'youden' } } });
    expect(tasks).toHaveLength(3);
  });
});
