import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createThreadPool } from '../../../src/compute/pool.js';
import { readConfig } from '../../../src/config/config.js';
import type { CandidateDefinition, CustomCandidate } from '../../../src/contracts/definition.js';
import { encodeMatrix } from '../../../src/data/matrix.js';
import { decodeTrainingRows } from '../../../src/data/row-fingerprints.js';
import { loadLearners } from '../../../src/compose/load-learners.js';
import { forEachMetric } from '../../../src/ml/evaluation/metrics.js';
import { stratifiedSplit } from '../../../src/ml/evaluation/split.js';
import { parseModelDocument } from '../../../src/model/model-document.js';
import { createFileStore } from '../../support/file-store.js';
import { ingest } from '../data/fixtures.js';
import { feature, syntheticTable } from '../ml/samples.js';
import { makeDirectory } from '../../support/temp.js';

const CENTROID = fileURLToPath(new URL('centroid.ts', import.meta.url));
/** What a learner has besides options and predictor. */
const PARTS = "fit() {}, version: '1', predictorModule: '/nowhere.mjs'";
const ROWS = 120;
const table = syntheticTable(ROWS, 2, 11);
const candidate: CustomCandidate = {
  ...{ kind: 'tests/centroid', name: 'mine', version: '3', search: null },
  options: { share: 0.8, shift: 0 },
};

let directory: string;
let pool: ReturnType<typeof createThreadPool>;
beforeAll(async () => {
  directory = await makeDirectory();
  const { learners, storage } = readConfig({ MLOPS_LEARNERS: `${CENTROID} ,` });
  expect(learners).toEqual([CENTROID]);
  pool = createThreadPool({
    settings: {
      store: { uri: pathToFileURL(directory).href, s3: storage.s3, local: directory },
      secrets: { uri: pathToFileURL(join(directory, 'keys')).href, s3: storage.s3 },
      ...{ s3: storage.s3, learners },
    },
    threads: 1,
    ready: true,
  });
});
afterAll(async () => {
  await pool.close();
  await rm(directory, { recursive: true, force: true });
});

describe('compute threads', () => {
  const reported: string[] = [];
  const caller = { signal: new AbortController().signal, report: (progress: string) => void reported.push(progress) };
  const task = async (candidate: CandidateDefinition) => ({
    ...{ candidate, model: 'tried', codeVersion: '1.0.0', calibration: 'none' as const },
    ...{ datasetSha256: 'a'.repeat(64), definitionSha256: 'b'.repeat(64) },
    columns: [feature('a'), feature('b')].map((column) => ({ ...column, source: column.name })),
    threshold: { rule: 'youden' as const },
    split: { testFraction: 0.25, seed: 7 },
    matrix: await createFileStore(directory).put(
      encodeMatrix({ names: ['a', 'b'], ...table, roles: stratifiedSplit(table.labels, 0.25, 7) }),
    ),
    validation: { folds: 4, repeats: 2, confidence: 0.9, maxRows: 20_000 },
    target: { source: 'label', labels: { yes: 1 as const, no: 0 as const }, positive: 'yes', negative: 'no' },
    crossValidated: forEachMetric(() => ({ value: 0.5, low: null, high: null })),
  });

  it('load the learners of their worker: cross-validate, fit, write the document', async () => {
    const row = await pool.run('cross-validate/3', { ...(await task(candidate)), without: null }, caller);
    expect(row).toMatchObject({ kind: 'tests/centroid', candidate: 'mine', options: candidate.options });
    expect(row.metrics.rocAuc.value).toBeGreaterThan(0.7);
    const fit = await pool.run('fit/3', await task(candidate), caller);
    expect(fit.portable).toBeNull();
    expect(reported.some((message) => /^\d+ rows$/.test(message))).toBe(true);
    await loadLearners([CENTROID]);
    const { estimator, training } = parseModelDocument(await createFileStore(directory).get(fit.model));
    expect(estimator).toMatchObject({ kind: 'tests/centroid', parameters: { negative: [expect.any(Number), expect.any(Number)] } }); // prettier-ignore
    expect(training.kind).toBe('tests/centroid');
    expect((await pool.run('fit/3', await task(candidate), caller)).model).toEqual(fit.model);
  });

  it('refuse a learner that they do not know, and another version of one that they know', async () => {
    await expect(pool.run('fit/3', await task({ ...candidate, kind: 'tests/nobody' }), caller)).rejects.toMatchObject({
      type: 'DefinitionInvalid',
      message:
        "The worker has no learner of the kind tests/nobody: name its module in the worker's MLOPS_LEARNERS and start the run again.",
    });
    await expect(pool.run('fit/3', await task({ ...candidate, version: '2' }), caller)).rejects.toMatchObject({
      type: 'DefinitionInvalid',
      message:
        'The run asks for version 2 of tests/centroid, but the worker has 3: bring both to one version and start the run again.',
    });
  });

  it('fingerprint training rows under the key of their store', async () => {
    const lines = Array.from({ length: 40 }, (_, i) => `${i},x,${i},${(i * i) % 50},${i % 2 === 0 ? 'yes' : 'no'}`);
    const { outputPath } = await ingest(`Id,Name,A,B,T\n${lines.join('\n')}\n`);
    const store = createFileStore(directory);
    const columns = [feature('a'), feature('b')].map((column) => ({ ...column, source: column.name }));
    const split = { testFraction: 0.25, seed: 7 };
    const input = { columns, split, folds: 2, dataset: await store.putFile(outputPath) };
    const { trainingRows, rows } = await pool.run('features/3', input, caller);
    const key = await readFile(join(directory, 'keys', 'fingerprint-key'));
    expect(decodeTrainingRows(key, await store.get(trainingRows))).toHaveLength(rows.train);
    expect(
      decodeTrainingRows(
        key.map((byte) => byte ^ 1),
        await store.get(trainingRows),
      ),
    ).toBeNull();
  });

  it('are told of modules that are missing or hold no learner', async () => {
    expect(() => readConfig({ MLOPS_LEARNERS: join(directory, 'x.js') })).toThrow(
      /MLOPS_LEARNERS names .*x\.js, which/,
    );
    const notOne = fileURLToPath(new URL('../../support/temp.ts', import.meta.url));
    await expect(loadLearners([notOne])).rejects.toThrow(
      'temp.ts (MLOPS_LEARNERS) has no learner as its default export',
    );
    await expect(loadLearners([join(directory, 'x.js')])).rejects.toThrow('x.js (MLOPS_LEARNERS) cannot be loaded');
  });

  it.each([
    ['nothing', 'null'],
    ['no predictor', `{ ${PARTS}, options: { shape: {} }, predictor: null }`],
    ['a predictor without a kind', `{ ${PARTS}, options: { shape: {} }, predictor: {} }`],
    ['options that are no schema', `{ ${PARTS}, options: {}, predictor: { kind: 'tests/parts' } }`],
  ])('are told of modules whose learner has %s', async (what, exported) => {
    const module = join(directory, `${what.replaceAll(' ', '-')}.mjs`);
    await writeFile(module, `export default ${exported};`);
    await expect(loadLearners([module])).rejects.toThrow('(MLOPS_LEARNERS) has no learner as its default export');
  });
});
