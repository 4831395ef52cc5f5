import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FailureType } from '../../../src/contracts/failures.js';
import type { PipelineReport } from '../../../src/contracts/pipeline.js';
import { type Home, openHome } from '../../support/cli.js';
import { LIMIT_MS } from '../../support/until.js';

/** Stands in cells of every bad file: it may never be told. */
const SECRET = 'Zaphod';
const SAMPLE = 'data/anemia-sample.csv';

let home: Home;
let sample: string;
let served: unknown;
const closing: (() => Promise<void>)[] = [];
beforeAll(async () => {
  home = await openHome((close) => closing.push(close));
  sample = (await readFile(SAMPLE, 'utf8')).replaceAll('sample-', SECRET);
  expect((await start('--set', 'validation.repeats=1')).code).toBe(0);
  served = await serving();
}, LIMIT_MS);
afterAll(async () => {
  for (const close of closing) await close();
}, LIMIT_MS);

const start = (...args: string[]) => home.run(['start-pipeline', '--json', ...args]);

/** Registered versions, which of them serve, and who answers. */
async function serving() {
  const { stdout } = await home.run(['models', '--json']);
  const answer = await home.run(['predict', '{"r":43.2555,"g":30.8421,"b":25.9025,"hb":6.3}']);
  const { model, predictions } = JSON.parse(answer.stdout) as { model: unknown; predictions: unknown };
  return { models: JSON.parse(stdout) as unknown, model, predictions };
}

async function trainOn(name: string, content: string | Buffer) {
  const path = join(home.home, `${name}.csv`);
  await writeFile(path, content);
  return start('--dataset', path, '--set', 'validation.repeats=1');
}

const lines = () => sample.split('\n');
const rowsOf = (...labels: RegExp[]) =>
  lines().filter((line, index) => index === 0 || labels.some((l) => l.test(line)));
const POSITIVE = /,Yes\s*,/;
const NEGATIVE = /,No\s*,/;

const FILES: [name: string, make: () => string | Buffer, sentence: string][] = [
  ['empty', () => '', 'is empty (0 bytes)'],
  ['header-only', () => `${lines()[0]!}\n`, 'has a header but no rows'],
  [
    'ragged',
    () =>
      lines()
        .map((line, index) => (index % 2 === 0 ? line : `${line},x,y`))
        .join('\n'),
    'ragged',
  ],
  ['wrong-header', () => sample.replace(',Hb,', ',Haemoglobin,'), "has no column 'Hb'"],
  ['duplicate-header', () => sample.replace('Name,', 'Hb,'), "names the column 'Hb' twice"],
  ['unterminated-quote', () => sample.replace(`9,${SECRET}`, `9,"${SECRET}`), 'is never closed'],
  ['a-web-page', () => `<!doctype html>\n<html><body>${sample}</body></html>`, 'is a web page (HTML)'],
  ['nul-byte', () => sample.replace(`9,${SECRET}`, `9,\0${SECRET}`), 'holds a NUL byte'],
  ['unknown-label', () => sample.replaceAll(',Yes,', `,${SECRET},`), 'unknown-label'],
  ['one-class', () => rowsOf(NEGATIVE).join('\n'), 'class'],
  ['few-positives', () => [...rowsOf(NEGATIVE), ...rowsOf(POSITIVE).slice(1, 4)].join('\n'), 'folds'],
  [
    'constant',
    () => [lines()[0], ...rowsOf(POSITIVE, NEGATIVE).slice(1).map(withoutDifference)].join('\n'),
    'all 4 features are constant',
  ],
];

/** A row with the same numbers as every other row, and its own label. */
const withoutDifference = (line: string, index: number) =>
  `${index},${SECRET}${index},40,30,30,12,${POSITIVE.test(line) ? 'Yes' : 'No'},,,,,,,`;

describe.concurrent('a file that cannot be learned from', { timeout: LIMIT_MS }, () => {
  it.each(FILES)('%s fails by name in one sentence and changes nothing', async (name, make, sentence) => {
    const { code, stdout, stderr } = await trainOn(name, make());
    const report = JSON.parse(stdout) as PipelineReport;
    expect(code).toBe(1);
    expect(report).toMatchObject({ outcome: 'failed', failure: { type: 'DataContract' }, model: null, endpoint: null });
    expect(report.failure?.message).toContain(sentence);
    expect(report.failure?.message).not.toContain('\n');
    for (const text of [stdout, stderr]) {
      expect(text).not.toContain(SECRET);
      expect(text).not.toMatch(/\n\s+at /);
    }
  });

  it.each([
    ['a missing file', 'nowhere.csv', 'does not exist'],
    ['a directory', 'data', 'is a directory'],
  ])('%s fails likewise', async (_, path, sentence) => {
    const { code, stdout } = await start('--dataset', path);
    const { outcome, failure } = JSON.parse(stdout) as PipelineReport;
    expect([code, outcome, failure?.type]).toEqual([1, 'failed', 'DataContract']);
    expect(failure?.message).toContain(sentence);
  });
});

it('leaves the serving model as it was', { timeout: LIMIT_MS }, async () => {
  expect(await serving()).toEqual(served);
});

it.each([
  ['byte-order-mark', () => `\ufeff${sample}`],
  ['line-breaks-of-windows', () => sample.replaceAll('\n', '\r\n')],
])('%s is read as it is meant', { timeout: LIMIT_MS }, async (name, make) => {
  const { code, stdout } = await trainOn(name, make());
  const report = JSON.parse(stdout) as PipelineReport;
  expect([code, report.outcome, report.unchanged]).toEqual([0, 'deployed', true]);
  expect(report.dataset).toMatchObject({ rows: 104, rejected: 0 });
});

describe.concurrent('a definition that makes no sense', { timeout: LIMIT_MS }, () => {
  const type: FailureType = 'DefinitionInvalid';
  it.each([
    ['an unknown key', ['--set', 'validation.fold=5'], 'folds'],
    ['a wrong type', ['--set', 'validation.folds=many'], 'validation.folds'],
    ['no candidates', ['--set', 'candidates=[]'], 'candidates'],
    ['a missing file', ['--definition', 'pipelines/none.json'], 'pipelines/none.json'],
    ['no JSON', ['--definition', SAMPLE], 'is not JSON'],
  ])(`%s is refused before anything runs (${type})`, async (_, args, sentence) => {
    const { code, stdout, stderr } = await start(...args);
    const { outcome, failure, workflowId } = JSON.parse(stdout) as PipelineReport;
    expect([code, outcome, failure?.type, workflowId]).toEqual([1, 'failed', type, '']);
    expect(stderr).toBe(`${failure?.message}\n`);
    expect(stderr).toContain(sentence);
    expect(stderr).toMatch(/^[^\n]+\n$/);
  });
});
