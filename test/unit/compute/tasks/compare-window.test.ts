import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { runTask } from '../../../../src/compute/tasks/index.js';
import type { CompareWindowInput } from '../../../../src/compute/tasks/compare-window.js';
import type { Definition } from '../../../../src/contracts/definition.js';
import type { ComparisonDetails } from '../../../../src/contracts/monitoring.js';
import type { MonitoringReference } from '../../../../src/contracts/reference.js';
import { loadDefinition } from '../../../../src/definition/definition.js';
import { buildReference } from '../../../../src/ml/drift/build-reference.js';
import { fitCalibration } from '../../../../src/ml/evaluation/calibration.js';
import { createRandom } from '../../../../src/ml/random.js';
import { createFileStore } from '../../../support/file-store.js';
import { taskContext } from '../../../support/task-context.js';
import { temporaryDirectory } from '../../../support/temp.js';

const WINDOW = { from: '2026-11-24T09:00:00.000Z', to: '2026-11-24T10:00:00.000Z' };
const SHA = 'a'.repeat(64);
const FEATURES = ['x', 'y'];

let definition: Definition;
beforeAll(async () => {
  definition = await loadDefinition('pipelines/anemia.json', ['monitoring.drift.minimumRows=50']);
});

type Row = [x: number | null, y: number | null];
const random = createRandom(1);
/** `y` decides the score; `shift` moves `x`, in its standard deviation. */
const rowsOf = (count: number, shift = 0): Row[] =>
  Array.from({ length: count }, () => [
    random.float() + random.float() + random.float() + shift / 2,
    Number(random.float().toFixed(3)),
  ]);
const scoreOf = ([, y]: Row) => y ?? 0.5;

/** A line of the prediction log. */
function lineOf(rows: Row[], known: Record<string, unknown> = {}): string {
  const scores = rows.map(scoreOf);
  return JSON.stringify({
    ...{ type: 'prediction', id: `id-${random.float()}`, time: '2026-11-24T09:30:00.000Z', model: 'm', version: 3 },
    ...{ sha256: SHA, offset: 0, features: FEATURES, inputs: rows },
    ...{ predictions: scores.map((score) => Number(score >= 0.5)), scores },
    ...known,
  });
}

/** What a check finds in these captured lines. */
async function compare(lines: string[], { feedback = [] as string[], elsewhere = false } = {}) {
  const home = await temporaryDirectory();
  const store = createFileStore(join(home, 'store'));
  const training = rowsOf(2000);
  const scores = Float64Array.from(training, scoreOf);
  const labels = Uint8Array.from(scores, (score) => Number(random.float() < score));
  const reference: MonitoringReference = {
    schemaVersion: 1,
    model: 'm',
    profile: buildReference({
      features: FEATURES.map((name, f) => ({ name, values: Float64Array.from(training, (row) => row[f] ?? NaN) })),
      scores,
      predictions: Uint8Array.from(scores, (score) => Number(score >= 0.5)),
      labels,
    }),
    calibration: fitCalibration(scores, labels),
  };
  const place = join(home, 'capture', 'm', 'date=2026-11-24', 'hour=09');
  const labelled = join(home, 'capture', 'm', 'feedback', 'date=2026-11-24');
  for (const [directory, text] of [
    [place, lines],
    [labelled, feedback],
  ] as const) {
    await mkdir(directory, { recursive: true });
    if (text.length > 0) await writeFile(join(directory, 'part.jsonl'), `${text.join('\n')}\n`);
  }
  const input: CompareWindowInput = {
    captureUri: pathToFileURL(join(home, 'capture')).href,
    ...{ model: 'm', sha256: SHA, window: WINDOW, policy: definition.monitoring, seed: 1 },
    reference: await store.put(new TextEncoder().encode(JSON.stringify(reference))),
    crossValidated: { value: 0.85, low: 0.8, high: 0.9 },
  };
  if (elsewhere) await rm(await store.localPath(input.reference));
  const found = await runTask('compare-window/1', input, taskContext(store));
  const details = JSON.parse(new TextDecoder().decode(await store.get(found.details))) as ComparisonDetails;
  expect(JSON.stringify(details)).not.toContain('NaN');
  return { found, details };
}

const column = ({ columns }: ComparisonDetails, name: string) => columns.find((known) => known.column === name)!;

describe('a window against the reference', () => {
  it('without drift is found so, with an estimate of the performance', async () => {
    const { found, details } = await compare([lineOf(rowsOf(400))]);
    expect(found).toMatchObject({ drift: 'no-drift', rows: 400, driftedColumns: [], evidentlyDrift: false });
    expect(details.columns.map(({ column }) => column)).toEqual(['x', 'y', 'prediction', 'score']);
    expect(found.performance.state).toBe('none');
    expect(details.performance.estimated!.metrics.rocAuc).toBeGreaterThan(0.7);
  });

  it('with one shifted feature names that one', async () => {
    const { found } = await compare([lineOf(rowsOf(400, 1))]);
    expect(found).toMatchObject({ drift: 'drift', driftedColumns: ['x'] });
    expect(found.largestEffect!.column).toBe('x');
  });

  it.each([0, 5])('of %i rows is insufficient', async (count) => {
    const { found } = await compare(count === 0 ? [] : [lineOf(rowsOf(count, 9))]);
    expect(found).toMatchObject({ drift: 'insufficient', rows: count, driftedColumns: [] });
  });

  it.each([1, 4])('of %i rows tells no value and no distance of theirs', async (count) => {
    const { found, details } = await compare([lineOf(rowsOf(count, 9))]);
    expect(found).toMatchObject({ rows: count, largestEffect: null, performance: { value: null } });
    for (const { current, test, stability, hypotheses, histogram } of details.columns) {
      expect(current).toEqual({ rows: count, missing: 0, mean: null });
      expect({ test, stability, histogram }).toEqual({ test: null, stability: null, histogram: null });
      expect(hypotheses.map(({ about }) => about)).not.toContain('distribution');
    }
    expect(details.performance.estimated).toBeNull();
  });

  it('with few values of one column tells none of them, and the others', async () => {
    const { found, details } = await compare([lineOf(rowsOf(400).map(([x, y], i) => [i < 4 ? 90 + x! : null, y]))]);
    expect(column(details, 'x')).toMatchObject({ test: null, histogram: null, current: { rows: 4, mean: null } });
    expect(column(details, 'y').histogram).not.toBeNull();
    expect(found.driftedColumns).toEqual(['x']);
    expect(found.largestEffect!.column).not.toBe('x');
  });

  it.each([
    ['constant', 1.5],
    ['missing everywhere', null],
  ])('whose column is %s tells of that column', async (_, value) => {
    const { found, details } = await compare([lineOf(rowsOf(400).map(([, y]) => [value, y]))]);
    expect(found).toMatchObject({ drift: 'drift', driftedColumns: ['x'] });
    expect(column(details, 'x').hypotheses.filter(({ drifted }) => drifted)).not.toEqual([]);
  });

  it('with a new column, or without one, tells of both', async () => {
    const rows = rowsOf(400);
    const { details, found } = await compare([lineOf(rows, { features: ['z', 'y'] })]);
    expect(details.window).toMatchObject({ unknownFeatures: ['z'], missingFeatures: ['x'] });
    expect(found.driftedColumns).toEqual(['x']);
  });

  it('cannot be, where the reference is in the store that trained, and another one says where', async () => {
    await expect(compare([lineOf(rowsOf(400))], { elsewhere: true })).rejects.toMatchObject({
      type: 'ArtifactCorrupt',
      message: expect.stringContaining('never leaves the store of the worker that trained; check there') as string,
    });
  });

  it('of refused requests alone says so', async () => {
    const refusal = (id: string) => ({
      ...{ type: 'refusal', id, time: '2026-11-24T09:30:00.000Z', model: 'm', version: 3, sha256: SHA },
      faults: [{ reason: 'missing-field', feature: 'x' }],
    });
    const { found, details } = await compare(['a', 'b', 'c'].map((id) => JSON.stringify(refusal(id))));
    expect(found).toMatchObject({ drift: 'insufficient', rows: 0, driftedColumns: [], performance: { rows: 0 } });
    expect(found.requests).toEqual({
      ...{ state: 'refused', total: 3, refused: 3, maximumShare: 0.05 },
      found: '3 of 3 requests were refused: x missing in 3.',
    });
    expect(details.window).toMatchObject({ brokenLines: 0, requests: { refused: 3 } });
  });

  it('goes on behind a broken line in the middle', async () => {
    const { found, details } = await compare([lineOf(rowsOf(200)), '{"type":"prediction","id', lineOf(rowsOf(200))]);
    expect(found).toMatchObject({ drift: 'no-drift', rows: 400 });
    expect(details.window.brokenLines).toBe(1);
  });

  it('judges the rows of one version alone and counts those of the other', async () => {
    const other = { version: 2, sha256: 'b'.repeat(64) };
    const { found, details } = await compare([lineOf(rowsOf(400)), lineOf(rowsOf(300, 5), other)]);
    expect(found).toMatchObject({ drift: 'no-drift', rows: 400 });
    expect(details.window.otherVersions).toEqual([{ ...other, rows: 300 }]);
  });

  it('without inputs judges what was answered, and with some of them the features of those', async () => {
    const bare = { features: undefined, inputs: undefined };
    const { found, details } = await compare([lineOf(rowsOf(400), bare)]);
    expect(found).toMatchObject({ drift: 'no-drift', rows: 400 });
    expect(details.columns.map(({ column }) => column)).toEqual(['prediction', 'score']);

    const some = await compare([lineOf(rowsOf(200), bare), lineOf(rowsOf(300))]);
    expect(some.found).toMatchObject({ drift: 'no-drift', rows: 500 });
    expect(some.details.window.withoutInputs).toBe(200);
    expect(column(some.details, 'x').current).toMatchObject({ rows: 300, missing: 0 });
    expect(column(some.details, 'score').current).toMatchObject({ rows: 500 });
  });

  it('measures performance once labels are known', async () => {
    const rows = rowsOf(300);
    const label = (row: Row, i: number) =>
      JSON.stringify({
        ...{ type: 'feedback', id: 'labelled', row: i, time: '2026-11-24T12:00:00.000Z' },
        label: Number(scoreOf(row) < 0.5), // the opposite of what was said
      });
    const { found, details } = await compare([lineOf(rows, { id: 'labelled' })], { feedback: rows.map(label) });
    expect(found.performance).toMatchObject({ state: 'lost', rows: 300 });
    expect(details.performance.measured!.metrics.rocAuc.value).toBe(0);
    expect(details.performance.measured!.calibrationError).toBeGreaterThan(0.3);
  });

  it('tells no measurement of fewer than five labels, only how many there are', async () => {
    const label = (row: number) =>
      JSON.stringify({ type: 'feedback', id: 'few', row, time: '2026-11-24T12:00:00.000Z', label: 1 });
    const { found, details } = await compare([lineOf(rowsOf(300), { id: 'few' })], {
      feedback: [0, 1, 2, 3].map(label),
    });
    expect(found.performance).toMatchObject({ state: 'insufficient', rows: 4, value: null });
    expect(details.performance.measured).toBeNull();
  });
});
