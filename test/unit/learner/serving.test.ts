import { execFileSync } from 'node:child_process';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { unzipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CustomEstimator } from '../../../src/ml/learners/custom/check.js';
import { registerLearner } from '../../../src/learner.js';
import { onnxModel } from '../../../src/model/onnx/onnx-model.js';
import { bundleHandler } from '../../../src/deploy/bundle.js';
import { goldenRequests } from '../../../src/model/golden.js';
import { parseModelDocument, serializeModelDocument } from '../../../src/model/model-document.js';
import { predictRow, scoreRow, scoreRows } from '../../../src/model/predict.js';
import { FEATURES, modelDocument, registered } from '../model/models.js';
import { makeDirectory } from '../../support/temp.js';
import centroid from './centroid.js';

const kind = 'tests/centroid';
const estimator: CustomEstimator = {
  kind,
  parameters: { negative: FEATURES.map(({ range }) => range[0]), positive: FEATURES.map(({ range }) => range[1]) },
};
const document = modelDocument(estimator);
const read = (changed: CustomEstimator) => () => parseModelDocument(JSON.stringify(modelDocument(changed)));

let directory: string;
beforeAll(async () => {
  directory = await makeDirectory();
});
afterAll(() => rm(directory, { recursive: true, force: true }));

describe('a model of a learner of one’s own', () => {
  it('is not read where its learner is unknown', () => {
    expect(read({ ...estimator, kind: 'tests/nobody' })).toThrow(
      'The model is of the kind tests/nobody, whose learner this program does not know: name its module in MLOPS_LEARNERS and start again.',
    );
  });

  it('is read back as it was written, and scores rows and blocks alike', () => {
    registerLearner(centroid);
    const bytes = serializeModelDocument(document);
    expect(serializeModelDocument(parseModelDocument(bytes))).toEqual(bytes);
    const columns = FEATURES.map(({ range: [min, max] }) =>
      Float64Array.from({ length: 2000 }, (_, i) => min + ((max - min) * i) / 1999),
    );
    const scores = scoreRows(
      document,
      { columns },
      Int32Array.from({ length: 2000 }, (_, i) => i),
    );
    expect([scores[0], scores[1999]]).toEqual([0, 1]);
    for (const i of [0, 1, 1023, 1024, 1999]) expect(scoreRow(document, columns.map((c) => c[i]!))).toBe(scores[i]); // prettier-ignore
    expect(() => onnxModel(document)).toThrow('has no form for other languages');
  });

  it.each<[sentence: string, parameters: unknown]>([
    ['estimator.parameters is refused by the predictor of tests/centroid (Cannot read', {}],
    ['estimator.parameters is refused by the predictor of tests/centroid (it has centroids of other features)', { negative: [1], positive: [2] }], // prettier-ignore
    ['is nested deeper than that, expected at most 32 levels', JSON.parse('['.repeat(40) + ']'.repeat(40))],
    ['is a number that is not finite', [Infinity]],
  ])('is refused: %s', (sentence, parameters) => {
    registerLearner(centroid);
    const changed = { kind, parameters } as CustomEstimator;
    expect(() => serializeModelDocument(modelDocument(changed))).toThrow(sentence);
  });

  it('is refused when its predictor gives no probability', () => {
    registerLearner({
      ...centroid,
      predictor: { kind: 'tests/wild', parse: () => null, predict: (_, [value]) => value! + 1 },
    });
    const wild = modelDocument({ kind: 'tests/wild', parameters: null });
    expect(() => scoreRow(wild, [0.5, 0.5, 0.5])).toThrow(
      'The predictor of tests/wild gave something else than a probability from 0 to 1: mend its predict.',
    );
  });

  it('is deployed with its predictor alone: the same zip each time, which answers as the model does', async () => {
    registerLearner(centroid);
    const { bytes, meta } = registered(document);
    const zip = await bundleHandler(bytes, meta);
    expect(Buffer.from(await bundleHandler(bytes, meta)).equals(zip)).toBe(true);
    const files = unzipSync(zip);
    const code = Buffer.from(files['index.mjs']!).toString();
    expect(code).toContain('centroids of other features');
    expect(code).not.toContain(process.cwd());
    expect(code).not.toContain('zod');
    const other = registered(modelDocument());
    const builtIn = unzipSync(await bundleHandler(other.bytes, other.meta))['index.mjs']!;
    expect(Buffer.from(builtIn).toString()).not.toContain('centroids of other features');

    await mkdir(directory, { recursive: true });
    for (const [name, content] of Object.entries(files)) await writeFile(join(directory, name), content);
    const golden = goldenRequests(document);
    const script = `const { handler } = await import(${JSON.stringify(pathToFileURL(join(directory, 'index.mjs')).href)});
      const answers = [];
      for (const event of ${JSON.stringify(golden.map(({ event }) => event))}) answers.push(await handler(event));
      console.error(JSON.stringify(answers));`;
    const shell = ['--input-type=module', '-e', `console.error = (text) => process.stdout.write(text);${script}`];
    const lines = execFileSync(process.execPath, shell, { encoding: 'utf8', stdio: 'pipe' }).trim().split('\n');
    const answers = JSON.parse(lines.at(-1)!) as { predictions: number; score: number }[];
    expect(answers.map(({ predictions, score }) => ({ prediction: predictions, score }))).toEqual(
      golden.map(({ expected }) => expected),
    );
    expect(new Set(golden.map(({ expected }) => expected.score)).size).toBeGreaterThan(2);
    expect(predictRow(document, FEATURES.map(({ range }) => range[1]))).toEqual({ prediction: 1, score: 1 }); // prettier-ignore
  });
});
