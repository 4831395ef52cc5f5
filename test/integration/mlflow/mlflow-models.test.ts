import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CANDIDATE_KINDS, type CandidateKind } from '../../../src/ml/learners/index.js';
import { createRandom } from '../../../src/ml/random.js';
import { parseModelDocument } from '../../../src/model/model-document.js';
import { classOf, scoreRows } from '../../../src/model/predict.js';
import { type Lab, openLab, sampleDefinition } from '../../support/lab.js';
import { makeDirectory } from '../../support/temp.js';
import { connectTemporal } from '../../support/temporal.js';
import { type MlflowServer, startMlflow } from './mlflow.js';
import { serviceProgram } from '../services.js';

const ROWS = 10_000;
/** Of them, those that the deployed endpoint is asked about. */
const SERVED = 50;
/** Largest difference between a probability of the Python client and ours. */
const TOLERANCE = 1e-6;

let temporal: TestWorkflowEnvironment;
let mlflow: MlflowServer;
let lab: Lab;
let directory: string;
const closing: (() => Promise<void>)[] = [];

const modelOf = (kind: CandidateKind) => `by-${kind}`;
const bytesOf = (column: ArrayBufferView) => Buffer.from(column.buffer, column.byteOffset, column.byteLength);

beforeAll(async () => {
  temporal = await connectTemporal(); // before MLflow, whose start leaves it no processor
  [mlflow, directory] = await Promise.all([startMlflow(), makeDirectory()]);
  lab = await openLab(temporal, (close) => closing.unshift(close), { MLFLOW_TRACKING_URI: mlflow.uri });
  await lab.work();
  const runs = CANDIDATE_KINDS.map(async (kind, k) => {
    const calibration = k % 2 === 0 ? 'platt' : 'none';
    const definition = await sampleDefinition(
      ...[`model=${modelOf(kind)}`, `candidates=[{"kind":"${kind}"}]`, `calibration=${calibration}`],
      ...['gate.minimum={}', 'threshold={"rule":"youden"}'],
    );
    return (await lab.start(definition)).result();
  });
  const outcomes = await Promise.all(runs);
  expect(outcomes.map(({ outcome }) => outcome)).toEqual(CANDIDATE_KINDS.map(() => 'deployed'));
  await writeFile(join(directory, 'models.json'), JSON.stringify(CANDIDATE_KINDS.map(modelOf)));
  await writeFile(join(directory, 'x.bin'), Buffer.concat(columns.map(bytesOf)));
  const script = join(import.meta.dirname, 'mlflow_models.py');
  const env = { ...process.env, MLFLOW_TRACKING_URI: mlflow.uri };
  await promisify(execFile)(serviceProgram('python'), [script, directory], { env });
});

afterAll(async () => {
  for (const close of closing) await close();
  await Promise.all([temporal.teardown(), mlflow.close()]);
});

const NAMES = ['r', 'g', 'b', 'hb'];

/** Colours and haemoglobin within the ranges of the definition. */
const random = createRandom(11);
const columns = [100, 100, 100, 25].map((most) =>
  Float64Array.from({ length: ROWS }, () => 1 + random.float() * (most - 1)),
);

describe('a model of an MLflow server, opened by its own Python client as @champion', () => {
  it.each(CANDIDATE_KINDS)(`answers ${ROWS} rows as ours and the endpoint do: %s`, async (kind) => {
    const champion = await lab.registry.alias(modelOf(kind), 'champion');
    const model = parseModelDocument(await lab.store.get(champion!.model));
    expect(model.estimator.kind).toBe(kind);
    const scores = scoreRows(
      model,
      { columns },
      Int32Array.from(columns[0]!, (_, row) => row),
    );
    const read = async (name: string) => (await readFile(join(directory, `${modelOf(kind)}.${name}.bin`))).buffer;
    const probabilities = new Float64Array(await read('probability'));
    const labels = new BigInt64Array(await read('label'));
    expect([probabilities.length, labels.length]).toEqual([ROWS, ROWS]);
    expect(Math.max(...scores.map((score, row) => Math.abs(score - probabilities[row]!)))).toBeLessThanOrEqual(
      TOLERANCE,
    );
    const differing = labels.reduce(
      (sum, label, row) => sum + (Number(label) === classOf(model, scores[row]!) ? 0 : 1),
      0,
    );
    expect(differing).toBe(0);
    expect(new Set(labels).size).toBe(2);

    const served = Array.from({ length: SERVED }, (_, row) =>
      Object.fromEntries(NAMES.map((name, f) => [name, columns[f]![row]!])),
    );
    const request = { functionName: modelOf(kind), qualifier: 'live', event: { dataframe_records: served } };
    const { payload } = await lab.deployer.invoke(request);
    const answer = payload as { predictions: number[]; scores: number[] };
    expect(answer.predictions).toEqual(Array.from(labels.slice(0, SERVED), Number));
    expect(answer.scores).toHaveLength(SERVED);
    for (const [row, score] of answer.scores.entries())
      expect(Math.abs(score - probabilities[row]!)).toBeLessThanOrEqual(TOLERANCE);
  });
});
