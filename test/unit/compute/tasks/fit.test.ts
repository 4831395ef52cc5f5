import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fitTask } from '../../../../src/compute/tasks/fit.js';
import { PORTABLE_FILES } from '../../../../src/contracts/results.js';
import { encodeMatrix } from '../../../../src/data/matrix.js';
import type { DecisionPolicy } from '../../../../src/ml/evaluation/decision-threshold.js';
import { joined, judgeFolds, inRowOrder, outOfFoldScores } from '../../../../src/ml/evaluation/folds.js';
import { forEachMetric, metricValues } from '../../../../src/ml/evaluation/metrics.js';
import { labelsOf } from '../../../../src/ml/table.js';
import { stratifiedSplit } from '../../../../src/ml/evaluation/split.js';
import { parseModelDocument } from '../../../../src/model/model-document.js';
import { scoreRows } from '../../../../src/model/predict.js';
import { createFileStore } from '../../../support/file-store.js';
import { allRows, AS_IT_IS, feature, FOREST, syntheticTable } from '../../ml/samples.js';
import { taskContext } from '../../../support/task-context.js';
import { makeDirectory } from '../../../support/temp.js';

const ROWS = 300;
const SEED = 7;
const table = syntheticTable(ROWS, 2, 11);
const roles = stratifiedSplit(table.labels, 0.25, SEED);
const rowsOf = (role: number) => allRows(ROWS).filter((row) => roles[row] === role);
const [train, holdout] = [rowsOf(0), rowsOf(1)];
const columns = [feature('a'), feature('b')].map((column) => ({ ...column, source: column.name }));
const candidate = { ...FOREST, options: { ...FOREST.options, trees: 10 } };
const LEARNED: DecisionPolicy = { calibration: 'isotonic', threshold: { rule: 'recall', atLeast: 0.95 } };

describe('fitTask', () => {
  let directory: string;
  beforeAll(async () => (directory = await makeDirectory()));
  afterAll(() => rm(directory, { recursive: true, force: true }));

  async function fitted(policy: DecisionPolicy) {
    const store = createFileStore(directory);
    const reported: string[] = [];
    const result = await fitTask.run(
      {
        ...{ columns, candidate, ...policy, model: 'tried', codeVersion: '1.0.0' },
        ...{
          split: { testFraction: 0.25, seed: SEED },
          datasetSha256: 'a'.repeat(64),
          definitionSha256: 'b'.repeat(64),
        },
        matrix: await store.put(encodeMatrix({ names: ['a', 'b'], ...table, roles })),
        validation: { folds: 5, repeats: 2, confidence: 0.9, maxRows: 20_000 },
        target: { source: 'label', labels: { yes: 1, no: 0 }, positive: 'yes', negative: 'no' },
        crossValidated: forEachMetric(() => ({ value: 0.5, low: null, high: null })),
      },
      taskContext(store, (progress) => void reported.push(progress)),
    );
    return { result, reported, store, document: parseModelDocument(await store.get(result.model)) };
  }

  it('records the threshold, why it is there and what it meant out of fold', async () => {
    const { document, result, reported } = await fitted(LEARNED);
    const { calibration, threshold, thresholdChoice } = document;
    expect(calibration?.kind).toBe('isotonic');
    expect(threshold).toBeGreaterThan(0);
    expect(threshold).toBeLessThan(0.5);
    expect(thresholdChoice).toMatchObject({ rule: LEARNED.threshold, rows: train.length });
    expect(Math.abs(thresholdChoice!.recall! - 0.95)).toBeLessThan(0.05);
    expect(result.warnings.map(({ code }) => code)).toContain('rough-calibration');
    expect(reported).toContain('forest: 5 of 5 folds scored');
  });

  it('stores cross-fitted scores of the training rows, which the choice is told from', async () => {
    const { document, result, store } = await fitted(LEARNED);
    const folds = outOfFoldScores({ table, rows: train, columns, candidate, folds: 5, seed: SEED, score: scoreRows });
    const crossFitted = judgeFolds(folds, LEARNED).map(({ scores }) => scores);
    const stored = new Float64Array(Uint8Array.from(await store.get(result.outOfFold)).buffer);
    expect(stored).toEqual(inRowOrder(folds, crossFitted));
    const { recall, specificity, precision } = metricValues(stored, labelsOf(table, train), document.threshold).values;
    expect(document.thresholdChoice).toMatchObject({ recall, specificity, precision });
    expect(stored).not.toEqual(inRowOrder(folds, folds.map(({ scores }) => scores))); // prettier-ignore
  });

  it('judges the hold-out by calibrated scores at that threshold', async () => {
    const { document, result } = await fitted(LEARNED);
    const scores = scoreRows(document, table, holdout);
    const { values, confusion } = metricValues(scores, labelsOf(table, holdout), document.threshold);
    expect(result.holdout.confusion).toEqual(confusion);
    expect(result.holdout.metrics.recall.value).toBe(values.recall);
    expect(result.holdout.metrics.brier.value).toBe(values.brier);
  });

  it('leaves scores as they are, and the threshold where the definition has it, when nothing else is asked for', async () => {
    const { document, result, store } = await fitted(AS_IT_IS);
    const folds = outOfFoldScores({ table, rows: train, columns, candidate, folds: 5, seed: SEED, score: scoreRows });
    const stored = new Float64Array(Uint8Array.from(await store.get(result.outOfFold)).buffer);
    expect(stored).toEqual(inRowOrder(folds, folds.map(({ scores }) => scores))); // prettier-ignore
    const all = joined(folds);
    const { recall } = metricValues(all.scores, all.labels, 0.5).values;
    expect(document).toMatchObject({ calibration: null, threshold: 0.5, thresholdChoice: { recall } });
  });

  it('stores the model for other languages, and the same bytes again', async () => {
    const { result, store } = await fitted(LEARNED);
    for (const name of PORTABLE_FILES) expect((await store.get(result.portable![name])).length).toBeGreaterThan(0);
    expect((await fitted(LEARNED)).result).toEqual(result);
  });
});
