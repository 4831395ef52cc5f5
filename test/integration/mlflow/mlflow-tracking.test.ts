import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Definition } from '../../../src/contracts/definition.js';
import { METRIC_NAMES } from '../../../src/contracts/vocabulary.js';
import type { PipelineOutcome } from '../../../src/contracts/pipeline.js';
import { type Lab, openLab, sampleDefinition } from '../../support/lab.js';
import { connectTemporal } from '../../support/temporal.js';
import { type MlflowServer, startMlflow } from './mlflow.js';
import { startProxy } from './mlflow-proxy.js';
import { mlflowReader, type ReadRun } from './mlflow-reader.js';

let temporal: TestWorkflowEnvironment;
let mlflow: MlflowServer;
let reader: ReturnType<typeof mlflowReader>;
const closing: (() => Promise<void>)[] = [];

beforeAll(async () => {
  temporal = await connectTemporal(); // before MLflow, whose start leaves it no processor
  mlflow = await startMlflow();
  reader = mlflowReader(mlflow.uri);
});

afterAll(async () => {
  for (const close of closing) await close();
  await Promise.all([temporal.teardown(), mlflow.close()]);
});

const lab = (uri: string) => openLab(temporal, (close) => closing.unshift(close), { MLFLOW_TRACKING_URI: uri });

/** Two candidates in two times five folds. */
const definitionOf = (model: string, ...settings: string[]): Promise<Definition> =>
  sampleDefinition(
    `model=${model}`,
    'candidates=[{"kind":"cart"},{"kind":"logistic-regression"}]',
    'monitoring.drift.minimumRows=20',
    'gate.minimum={}',
    ...settings,
  );

const parentOf = (runs: ReadRun[]) => runs.find(({ tags }) => tags['mlops.kind'] === 'training')!;
const childrenOf = (runs: ReadRun[]) => runs.filter((run) => run.tags['mlflow.parentRunId'] === parentOf(runs).id);

describe('a run followed in MLflow', () => {
  const MODEL = 'followed';
  let definition: Definition;
  let outcome: PipelineOutcome;
  let runs: ReadRun[];
  let own: Lab;

  beforeAll(async () => {
    own = await lab(mlflow.uri);
    definition = await definitionOf(MODEL);
    await own.work();
    outcome = await (await own.start(definition)).result();
    expect(outcome).toMatchObject({
      outcome: 'deployed',
      warnings: expect.not.arrayContaining([NOT_REPORTED]) as unknown,
    });
    runs = await reader.runs(MODEL);
  });

  it('is a run with one below it for every row of the leaderboard, and all have ended', () => {
    const rows = outcome.leaderboard.map(({ candidate, without }) =>
      without === null ? candidate : `${candidate} without ${without}`,
    );
    expect(rows).toHaveLength(4);
    expect(
      childrenOf(runs)
        .map(({ name }) => name)
        .sort(),
    ).toEqual([...rows].sort());
    expect(runs).toHaveLength(rows.length + 1);
    expect(new Set(runs.map(({ status }) => status))).toEqual(new Set(['FINISHED']));
  });

  it('tells of the definition, of the options, of code and data', () => {
    const { tags, params } = parentOf(runs);
    expect(tags).toMatchObject({
      'mlops.model': MODEL,
      'mlops.dataset.sha256': outcome.dataset!.sha256,
      'mlops.outcome': 'deployed',
      'mlops.gate': 'passed',
      'mlops.chosen': outcome.chosen,
      'mlops.version': '1',
      'mlops.model.sha256': outcome.model!.sha256,
    });
    expect(tags['mlflow.user'] ?? '').toBe('');
    expect(tags['mlflow.source.git.commit']).toBe(tags['mlops.commit']);
    expect(params).toMatchObject({ 'split.seed': String(definition.split.seed), 'validation.repeats': '2' });
    const cart = runs.find(({ name }) => name === 'cart')!;
    expect(cart.params).toMatchObject({ kind: 'cart', 'options.maxDepth': '3', features: 'r, g, b, hb' });
  });

  it('has the data set as an input of every run', () => {
    for (const { datasets } of runs) {
      expect(datasets).toHaveLength(1);
      expect(datasets[0]).toMatchObject({ name: 'anemia-sample.csv', source_type: 'local' });
      expect(datasets[0]!.digest.startsWith(outcome.dataset!.sha256.slice(0, 18))).toBe(true);
      const { num_rows, rejected } = JSON.parse(datasets[0]!.profile) as Record<string, number>;
      expect({ rows: num_rows, rejected }).toEqual({
        rows: outcome.dataset!.rows,
        rejected: outcome.dataset!.rejected,
      });
    }
  });

  it('has the mean of each metric with its interval and the value of every fold', () => {
    for (const row of outcome.leaderboard) {
      const name = row.without === null ? row.candidate : `${row.candidate} without ${row.without}`;
      const { metrics } = runs.find((run) => run.name === name)!;
      for (const metric of METRIC_NAMES) {
        const { value, low, high } = row.metrics[metric];
        const latest = (key: string) => metrics[key]?.map((point) => point.value) ?? [null];
        expect([latest(metric), latest(`interval/${metric}.low`), latest(`interval/${metric}.high`)]).toEqual([
          [value],
          [low],
          [high],
        ]);
      }
      const folds = metrics['fold/rocAuc']!;
      expect(folds.map(({ step }) => step)).toEqual([...Array(row.folds * row.repeats).keys()]);
      const mean = folds.reduce((sum, { value }) => sum + value, 0) / folds.length;
      expect(mean).toBeCloseTo(row.metrics.rocAuc.value!, 1);
    }
  });

  it('has the hold-out, the curves and the report', async () => {
    const parent = parentOf(runs);
    const { metrics, confusion } = outcome.holdout!;
    expect(parent.metrics['holdout/recall']!.map(({ value }) => value)).toEqual([metrics.recall.value]);
    const matrix = JSON.parse(await reader.artifact(parent, 'evaluation/confusion-matrix.json')) as object;
    expect(matrix).toMatchObject({ holdout: confusion });
    const roc = JSON.parse(await reader.artifact(parent, 'evaluation/roc-curve.json')) as object[];
    expect(roc[0]).toEqual({ falsePositiveRate: 0, truePositiveRate: 0 });
    expect(await reader.artifact(parent, 'report/report.html')).toContain('Leaderboard');
    const report = JSON.parse(await reader.artifact(parent, 'report/training-report.json')) as object;
    expect(report).toMatchObject({ kind: 'training-report', run: { outcome: 'deployed' } });
  });

  it('has a drift check as a run of its own', async () => {
    const rows = Array.from({ length: 60 }, (_, i) => ({ r: 55 + (i % 7) / 10, g: 20, b: 24.9, hb: i % 2 ? 5 : 15 }));
    await own.predict(definition, rows);
    const check = await (await own.check(definition, { mode: 'by-hand' })).result();
    expect(check).toMatchObject({ troubles: [], entry: { rows: rows.length, drift: 'drift' } });
    const [run, ...more] = await reader.runs(`${MODEL} drift`);
    expect(more).toEqual([]);
    expect(run).toMatchObject({
      name: `drift ${check.entry.window.to}`,
      status: 'FINISHED',
      tags: { 'mlops.kind': 'drift-check', 'mlops.drift': check.entry.drift, 'mlops.version': '1' },
    });
    expect(run!.metrics['rows']!.map(({ value }) => value)).toEqual([check.entry.rows]);
    expect(Object.keys(run!.metrics)).toContain('column/hb/distribution.effect');
    expect(await reader.artifact(run!, 'report/drift-report.html')).toContain('by hand');
  });

  it('registers the model with its aliases', async () => {
    type Registered = { aliases: { alias: string; version: string }[] };
    const { registered_model: registered } = await reader.ask<{ registered_model: Registered }>(
      `registered-models/get?name=${MODEL}`,
    );
    expect(registered.aliases.sort((a, b) => (a.alias < b.alias ? -1 : 1))).toEqual([
      { alias: 'candidate', version: '1' },
      { alias: 'champion', version: '1' },
    ]);
  });

  it('ends as failed with its reason when the data cannot be used', async () => {
    const bad = await definitionOf('unusable', 'columns.0.source=absent');
    await expect((await own.start(bad)).result()).rejects.toThrow();
    const [run, ...more] = await reader.runs('unusable');
    expect(more).toEqual([]);
    expect(run).toMatchObject({ status: 'FAILED', tags: { 'mlops.outcome': 'failed' } });
    expect(run!.tags['mlops.reason']).toContain('absent');
  });
});

describe('runs whose worker was killed between request and answer, while the server was restarted', () => {
  const HELD = [
    { model: 'while-training', path: '/runs/create', body: '"mlops.candidate"' },
    { model: 'while-measuring', path: '/runs/log-batch', body: 'fold/rocAuc' },
    { model: 'while-ending', path: '/runs/log-batch', body: 'holdout/rocAuc' },
    { model: 'while-uploading', path: 'report/training-report.json', body: 'while-uploading' },
  ];

  it('are as those of an undisturbed one', async () => {
    const proxy = await startProxy(mlflow.uri);
    closing.unshift(() => proxy.close());
    const disturbed = await lab(proxy.uri);
    const first = await disturbed.work();
    const pipelines: { run: Awaited<ReturnType<Lab['start']>>; model: string }[] = [];
    for (const { model, path, body } of HELD) {
      const held = proxy.withhold({ path, body });
      pipelines.push({ model, run: await disturbed.start(await definitionOf(model)) });
      await held;
    }
    await first.kill();
    proxy.cut();
    await mlflow.stop();
    await disturbed.work();
    await mlflow.start();

    const shape = (runs: ReadRun[]) =>
      runs
        .map(({ name, status, params, metrics }) => ({
          name: name.replace(/^train-.*/, 'train'),
          status,
          params: Object.keys(params).sort(),
          points: Object.fromEntries(
            Object.entries(metrics).map(([key, points]) => [key, points.map(({ step }) => step)]),
          ),
        }))
        .sort((a, b) => a.name.localeCompare(b.name));
    const undisturbed = shape(await reader.runs('followed'));
    for (const { model, run } of pipelines) {
      expect(await run.result(), model).toMatchObject({ outcome: 'deployed' });
      expect(shape(await reader.runs(model)), model).toEqual(undisturbed);
    }
  });
});

const NOT_REPORTED: unknown = expect.objectContaining({ code: 'not-reported' });
