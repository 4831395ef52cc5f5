import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkContent } from '../../../../../src/vendors/mlflow/tracking/check-content.js';
import { keyOf, paramsOf, tagsOf } from '../../../../../src/vendors/mlflow/tracking/content.js';
import { datasetInput } from '../../../../../src/vendors/mlflow/tracking/tracker.js';
import { candidateContent, pipelineContent } from '../../../../../src/vendors/mlflow/tracking/training-content.js';
import { outcomeContent } from '../../../../../src/vendors/mlflow/tracking/outcome-content.js';
import { driftReport } from '../../../report/drift-documents.js';
import { trainingReport } from '../../../report/training-documents.js';
import { FOLDS, memoryStore, training } from './made-up-training.js';

describe('names and values for MLflow', () => {
  it('keeps keys that MLflow takes and mends others', () => {
    expect(keyOf('holdout/rocAuc')).toBe('holdout/rocAuc');
    expect(keyOf('%Red Pixel/../x')).toBe('_Red_Pixel/x');
    expect(keyOf('a'.repeat(300))).toHaveLength(250);
  });

  it('gives keys by its rule whatever the name', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 400 }), (name) => {
        const parts = keyOf(`x${name}`).split('/');
        expect(parts.join('/').length).toBeLessThanOrEqual(250);
        for (const part of parts) expect(part).toMatch(/^[\w.-]*[\w-][\w.-]*$/);
      }),
    );
  });

  it('writes settings by their path', () => {
    const settings = { a: { b: 1, c: [1, 2] }, d: 'text', e: null, f: [{ g: 1 }], h: true };
    expect(paramsOf(settings)).toEqual({ 'a.b': '1', 'a.c': '1, 2', d: 'text', e: 'null', f: '[{"g":1}]', h: 'true' });
  });

  it('leaves out tags without a value and cuts long ones', () => {
    const tags = tagsOf({ none: null, empty: '', long: 'x'.repeat(9000) });
    expect(Object.keys(tags)).toEqual(['long']);
    expect(tags['long']).toMatch(/^x{4997}\.\.\.$/);
    expect(paramsOf({ long: 'x'.repeat(9000) })['long']).toHaveLength(6000);
  });
});

describe('a data set as an input', () => {
  it('is named by its file, without credentials, query or values', async () => {
    const { definition, dataset } = await training(memoryStore());
    const { dataset: input, tags } = datasetInput(definition, dataset);
    expect(input).toMatchObject({
      name: 'sample.csv',
      digest: '1'.repeat(18) + '2'.repeat(18),
      source_type: 'http',
      source: '{"url":"https://data.example/anemia/sample.csv"}',
    });
    expect(tags).toEqual([{ key: 'mlflow.data.context', value: 'training' }]);
    expect(JSON.parse(input.schema)).toEqual({
      mlflow_colspec: [
        ...definition.columns.map(({ name }) => ({ type: 'double', name, required: true })),
        { type: 'integer', name: 'label', required: true },
      ],
    });
    expect(JSON.parse(input.profile)).toEqual({ num_rows: 104, num_elements: 520, positives: 26, rejected: 2 });
  });

  it('is local when it is a file', async () => {
    const { definition, dataset } = await training(memoryStore());
    const { dataset: input } = datasetInput(definition, { ...dataset, uri: 'file:///data/anemia.csv' });
    expect(input).toMatchObject({
      name: 'anemia.csv',
      source_type: 'local',
      source: '{"uri":"file:///data/anemia.csv"}',
    });
  });
});

describe('a training run as runs', () => {
  it('tells the pipeline what was asked for', async () => {
    const tracked = await training(memoryStore());
    const { key, name, startedAt, tags, params, points } = pipelineContent(tracked);
    expect({ key, name, startedAt }).toEqual({
      key: 'train-anemia-detection-1/01a20c75-b060-755e-a770-dbd95fe82457',
      name: 'train-anemia-detection-1',
      startedAt: Date.parse(tracked.startedAt),
    });
    expect(tags).toMatchObject({
      'mlops.kind': 'training',
      'mlops.workflow-id': tracked.workflowId,
      'mlops.run-id': tracked.runId,
      'mlops.dataset.sha256': tracked.dataset.sourceSha256,
      'mlops.code-version': '0.1.0',
      'mlflow.source.git.commit': tracked.commit,
      'mlops.ui': tracked.ui,
    });
    expect(tags).not.toHaveProperty(['mlflow.user']);
    expect(tags['mlflow.note.content']).toContain('104 rows (26 positive), 2 rejected');
    expect(params).toMatchObject({
      model: 'anemia-detection',
      'split.seed': String(tracked.definition.split.seed),
      'validation.folds': String(tracked.definition.validation.folds),
      'selection.metric': 'rocAuc',
      calibration: 'none',
      'threshold.rule': 'fixed',
      definitionSha256: tracked.definitionSha256,
    });
    expect(points).toContainEqual({ key: 'data/rejected', value: 2, step: 0 });
  });

  it('tells nothing of folds that hold fewer than five rows', async () => {
    const tracked = await training(memoryStore());
    const keys = (rows: number) =>
      candidateContent(tracked, { ...tracked.leaderboard[0]!, rows }, FOLDS).points.map(({ key }) => key);
    expect(keys(10)).toContain('fold/rocAuc');
    expect(keys(9).filter((key) => key.startsWith('fold/'))).toEqual([]);
  });

  it('tells a candidate its options, the mean of each metric and its folds', async () => {
    const tracked = await training(memoryStore());
    const { key, params, points } = candidateContent(tracked, tracked.leaderboard[1]!, FOLDS);
    expect(key).toBe(`${tracked.workflowId}/${tracked.runId}/cart/without-hb`);
    expect(params).toMatchObject({
      kind: 'cart',
      'options.maxDepth': '3',
      features: 'r, g, b',
      'validation.folds': '2',
    });
    const of = (wanted: string) => points.filter(({ key: found }) => found === wanted);
    expect(of('rocAuc')).toEqual([{ key: 'rocAuc', value: 0.75, step: 0 }]);
    expect(of('interval/rocAuc.low')[0]!.value).toBeCloseTo(0.65);
    expect(of('interval/rocAuc.high')[0]!.value).toBeCloseTo(0.85);
    expect(of('fold/rocAuc').map(({ step, value }) => [step, value])).toEqual(
      [0.9, 0.8, 0.7, 0.6].map((v, i) => [i, v]),
    );
    expect(of('fold/precision').map(({ step }) => step)).toEqual([0, 2, 3]);
  });

  it('tells what a search tried', async () => {
    const tracked = await training(memoryStore());
    const { key, params, points } = candidateContent(tracked, tracked.leaderboard[2]!, FOLDS);
    expect(key).toBe(`${tracked.workflowId}/${tracked.runId}/deep`);
    expect(params).toMatchObject({ 'search.method': 'random', 'options.hiddenUnits': '16, 8' });
    expect(points).toContainEqual({ key: 'search/measured', value: 7, step: 0 });
    expect(points).toContainEqual({ key: 'search/winner', value: 0.78, step: 0 });
  });
});

describe('a drift check as a run', () => {
  it('has the window, the rules and what each column did', () => {
    const report = driftReport();
    const { key, name, tags, params, points } = checkContent(report);
    expect(key).toBe(report.check.run);
    expect(name).toBe(`drift ${report.window.to}`);
    expect(tags).toMatchObject({
      'mlops.kind': 'drift-check',
      'mlops.model': 'anemia-detection',
      'mlops.version': '3',
      'mlops.drift': 'drift',
      'mlops.requests': 'accepted',
      'mlops.decision': 'alarm',
      'mlops.retrain': 'drift',
    });
    expect(params).toMatchObject({ 'window.to': report.check.window.to, 'policy.drift.minimumRows': '200' });
    const { hypotheses, stability } = report.columns.find(({ column }) => column === 'hb')!;
    const { p, adjustedP, effect } = hypotheses[0]!;
    expect(points).toEqual(
      expect.arrayContaining([
        { key: 'column/hb/distribution.p', value: p, step: 0 },
        { key: 'column/hb/distribution.adjustedP', value: adjustedP, step: 0 },
        { key: 'column/hb/distribution.effect', value: effect.value, step: 0 },
        { key: 'column/hb/psi', value: stability!.value, step: 0 },
        { key: 'performance/rocAuc', value: report.performance.measured!.metrics.rocAuc.value, step: 0 },
        { key: 'estimated/recall', value: 0.871, step: 0 },
        { key: 'driftedColumns', value: 2, step: 0 },
        { key: 'requests', value: 1290, step: 0 },
        { key: 'refusedRequests', value: 46, step: 0 },
      ]),
    );
  });
});

it('words of others are no markup in the notes of MLflow', () => {
  const hostile = 'rejected by <img src=x>: ![](http://evil.example/p.png)\n# forged';
  const outcome = trainingReport();
  const note = outcomeContent({ ...outcome, run: { ...outcome.run, reason: hostile } }).tags['mlflow.note.content']!;
  expect(note).toContain('rejected by \\<img src=x\\>: !\\[\\](http\\:\\/\\/evil.example/p.png)');
  expect(note).not.toContain('\n# forged');

  const check = driftReport();
  const reported = { ...check, check: { ...check.check, decision: { ...check.check.decision, why: hostile } } };
  expect(checkContent(reported).tags['mlflow.note.content']).not.toMatch(/(^|[^\\])<img|!\[/);
});
