import { execFile } from 'node:child_process';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, extname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ModelDocument } from '../../../src/contracts/model.js';
import { portableFiles } from '../../../src/vendors/mlflow/portable-files.js';
import { parseModelDocument, serializeModelDocument } from '../../../src/model/model-document.js';
import { classOf, scoreRows } from '../../../src/model/predict.js';
import { fittedModel } from '../../unit/model/onnx/fitted-models.js';
import { CALIBRATIONS, IMPUTED, KINDS, randomColumns, randomDocument } from '../../unit/model/onnx/random-models.js';
import { makeDirectory } from '../../support/temp.js';
import { serviceProgram } from '../services.js';

const ROWS = 10_000;
/** Largest difference between a probability of ONNX Runtime and ours. */
const TOLERANCE = 1e-6;

type Value = [name: string, type: string, shape: (string | number)[]];

/** What onnx_models.py found in one folder. */
interface Found {
  inputs: Value[];
  outputs: Value[];
  small: boolean;
  empty: number[];
  mlflow: boolean;
  nulls: boolean;
  columns: string[];
  text: string | null;
  absent: string | null;
  example: Record<string, number[]>;
  exampleProbability: number[];
  uuid: string;
  warnings: string[];
}

interface Case {
  title: string;
  document: ModelDocument;
  columns: Float64Array[];
}

interface Answered extends Case {
  found: Found;
  probabilities: Float64Array;
  labels: BigInt64Array;
}

const documents: [title: string, document: ModelDocument][] = [
  ...KINDS.flatMap((kind, k) =>
    CALIBRATIONS.flatMap((calibration, c) =>
      IMPUTED.map((imputed, i): [string, ModelDocument] => [
        `${kind}, calibration ${calibration}, imputation of ${imputed}`,
        randomDocument({ kind, calibration, imputed, features: 6, seed: 100 * k + 10 * c + i }),
      ]),
    ),
  ),
  ...KINDS.map((kind, k): [string, ModelDocument] => [
    `${kind} of one feature`,
    randomDocument({ kind, calibration: 'isotonic', imputed: 'none', features: 1, seed: 1000 + k }),
  ]),
];
const stored = (document: ModelDocument): ModelDocument => parseModelDocument(serializeModelDocument(document));
const cases: Case[] = [
  ...documents.map(([title, made], index): Case => {
    const document = stored(made);
    return { title, document, columns: randomColumns(document, ROWS, index) };
  }),
  ...KINDS.map((kind, k): Case => {
    const { document, columns } = fittedModel(kind, 2000 + k);
    const more = randomColumns(document, ROWS - columns[0]!.length, 2000 + k);
    const both = columns.map((column, j) => Float64Array.of(...column, ...more[j]!));
    return { title: `${kind} as fitted, on its own rows and others`, document: stored(document), columns: both };
  }),
];

async function ask(directory: string): Promise<Answered[]> {
  for (const [index, { document, columns }] of cases.entries()) {
    const folder = join(directory, String(index));
    await mkdir(folder);
    for (const [name, bytes] of Object.entries(portableFiles(document))) await writeFile(join(folder, name), bytes);
    await writeFile(join(folder, 'x.bin'), Buffer.concat(columns.map((column) => Buffer.from(column.buffer))));
  }
  await writeFile(join(directory, 'models.json'), JSON.stringify(cases.map((_, index) => String(index))));
  const program = serviceProgram('aws');
  const python = join(dirname(program), `python${extname(program)}`);
  const script = join(import.meta.dirname, 'onnx_models.py');
  const env = { ...process.env, OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1' };
  await promisify(execFile)(python, [script, directory], { env });
  const found = JSON.parse(await readFile(join(directory, 'found.json'), 'utf8')) as Found[];
  const read = async (index: number, name: string): Promise<ArrayBuffer> =>
    Uint8Array.from(await readFile(join(directory, String(index), name))).buffer;
  return Promise.all(
    cases.map(async (item, index) => ({
      ...item,
      found: found[index]!,
      probabilities: new Float64Array(await read(index, 'probability.bin')),
      labels: new BigInt64Array(await read(index, 'label.bin')),
    })),
  );
}

/** Rows that miss no required value, and those that do. */
function rowsOf({ document, columns }: Case): { complete: number[]; incomplete: number[] } {
  const isComplete = (row: number): boolean =>
    document.features.every(({ imputation }, j) => imputation !== null || !Number.isNaN(columns[j]![row]));
  const rows = Array.from({ length: ROWS }, (_, row) => row);
  return { complete: rows.filter(isComplete), incomplete: rows.filter((row) => !isComplete(row)) };
}

/** Whether only sums, quotients and comparisons of doubles are involved, as they are in trees. */
const isExact = ({ estimator, calibration }: ModelDocument): boolean =>
  (estimator.kind === 'cart' || estimator.kind === 'random-forest') && calibration?.kind !== 'platt';

let directory: string;
let answers: Answered[];

beforeAll(async () => {
  directory = await makeDirectory();
  answers = await ask(directory);
}, 280_000);

afterAll(() => rm(directory, { recursive: true, force: true }));

describe.each(cases.map(({ title }, index) => [title, index] as const))('%s', (_, index) => {
  it('answers in ONNX Runtime as ours does, row by row', () => {
    const { document, columns, probabilities, labels } = answers[index]!;
    const { complete, incomplete } = rowsOf(cases[index]!);
    const scores = scoreRows(document, { columns }, Int32Array.from(complete));
    let largest = 0;
    let differing = 0;
    for (const [i, row] of complete.entries()) {
      largest = Math.max(largest, Math.abs(probabilities[row]! - scores[i]!));
      if (Number(labels[row]) === classOf(document, scores[i]!)) continue;
      differing++;
      expect(Math.abs(scores[i]! - document.threshold)).toBeLessThanOrEqual(TOLERANCE);
    }
    expect(complete.length).toBeGreaterThan(ROWS / 2);
    expect(largest).toBeLessThanOrEqual(TOLERANCE);
    if (isExact(document)) expect(largest).toBe(0);
    expect(differing).toBeLessThanOrEqual(ROWS / 1000);
    expect(incomplete.every((row) => Number.isNaN(probabilities[row]) && labels[row] === -1n)).toBe(true);
    expect(incomplete.length > 0).toBe(document.features.some(({ imputation }) => imputation === null));
  });

  it('opens through MLflow, with its signature enforced', () => {
    const { document, found } = answers[index]!;
    const names = document.features.map(({ name }) => name);
    const shape = names.length === 1 ? ['rows', 1] : ['rows'];
    const probability = names.includes('probability') ? 'probability_' : 'probability';
    expect(found).toMatchObject({
      inputs: names.map((name) => [name, 'tensor(double)', shape]),
      outputs: [
        ['label', 'tensor(int64)', ['rows']],
        [probability, 'tensor(double)', ['rows']],
      ],
      small: true,
      empty: [0, 0],
      mlflow: true,
      nulls: true,
      columns: ['label', probability],
    });
    expect(found.warnings.filter((warning) => !warning.includes('version of Python'))).toEqual([]);
    expect(found.text).toMatch(/^MlflowException: .*Failed to convert column hb from type object/s);
    expect(found.absent).toMatch(/^MlflowException: .*missing inputs.*hb/s);
    const typical = names.map((name) => Float64Array.from(found.example[name]!));
    const [score] = scoreRows(document, { columns: typical }, Int32Array.of(0));
    expect(found.exampleProbability[0]).toBeCloseTo(score!, 6);
  });
});

it('gives each model an identity of its own', () => {
  expect(new Set(answers.map(({ found }) => found.uuid)).size).toBe(cases.length);
});
