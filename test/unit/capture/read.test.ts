import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { readWindow } from '../../../src/capture/read.js';
import { HOUR, linesOf, memorySource, MODEL, NAMES, OTHER_SHA256, readAll, SHA256, WINDOW } from './lines.js';

const PART = `${HOUR}/part.jsonl`;
const ROW = [43, 30, 10];

const file = (...lines: string[]) => lines.map((line) => `${line}\n`).join('');
const one = (text: string, chunkBytes?: number) => memorySource({ [PART]: text }, chunkBytes);
const line = (id: string, more: object = {}) => linesOf({ id, ...more })[0]!;
/** The same record in another layout. */
const respelled = (text: string) =>
  JSON.stringify(Object.fromEntries(Object.entries(JSON.parse(text) as object).reverse()), null, 1).replaceAll(
    '\n',
    '',
  );

describe('readWindow', () => {
  it('gives rows, missing values and an account of the window', async () => {
    const source = one(file(line('1', { inputs: [ROW, [44, 31.25, NaN]], scores: [0.9, 0.125] }), line('2')));
    expect(await readAll(source)).toEqual({
      summary: {
        ...WINDOW,
        rows: 3,
        otherVersions: [],
        brokenLines: 0,
        requests: { total: 2, refused: 0, faults: [] },
        withoutInputs: 0,
        unknownFeatures: [],
        missingFeatures: [],
      },
      scores: [0.9, 0.125, 0.9],
      predictions: [1, 0, 1],
      inputs: [ROW, [44, 31.25, NaN], ROW],
    });
  });

  it('reads the lines of a great batch, in chunks of any size', async () => {
    const inputs = Array.from({ length: 10_000 }, (_, i) => [i / 101, 30.123456789, i % 7 === 0 ? NaN : i]);
    const scores = inputs.map((_, i) => i / 10_007);
    const lines = linesOf({ id: 'batch', inputs, scores });
    expect(lines.length).toBeGreaterThan(1);
    for (const chunkBytes of [997, 1 << 20]) {
      const read = await readAll(one(file(...lines), chunkBytes));
      expect([read.scores, read.inputs]).toEqual([scores, inputs]);
    }
  });

  it('reads a record in another layout of JSON alike', async () => {
    const own = line('1', { inputs: [ROW, [44, 31.25, NaN]], scores: [0.9, 1 / 3] });
    expect(respelled(own)).not.toBe(own);
    expect(await readAll(one(respelled(own)))).toEqual(await readAll(one(own)));
  });

  it('parses no line of our handler whose head tells that it is not wanted', async () => {
    const others = [
      line('2', { time: WINDOW.to }),
      line('3', { purpose: 'probe' }),
      line('4', { captureInputs: false }),
    ];
    const source = one(file(line('1'), ...others));
    const parse = vi.spyOn(JSON, 'parse');
    onTestFinished(() => parse.mockRestore());
    expect((await readAll(source)).summary.rows).toBe(2);
    const parsed = parse.mock.calls.filter(([text]) => text.startsWith('{'));
    expect(parsed.map(([text]) => /"id":"(\d)"/.exec(text)?.[1])).toEqual(['1', '4']);
  });

  it('counts broken lines, and reads on behind them', async () => {
    const good = line('good');
    const bad = line('bad');
    const broken = [
      'no JSON',
      bad.slice(0, 90),
      bad.slice(0, -30),
      `${bad}${bad}`,
      '{"type":"prediction"}',
      '{"type":"other"}',
      '[]',
      'null',
      bad.replace('[0.9]', '[0.9,0.8]'),
      bad.replace('[0.9]', '[1.5]'),
      bad.replace('[0.9]', '["0.9"]'),
      bad.replace('"predictions":[1]', '"predictions":[2]'),
      bad.replace('[[43,30,10]]', '[[43,30]]'),
      bad.replace('[[43,30,10]]', '[[43,30,1e999]]'),
      bad.replace('[[43,30,10]]', '[]'),
      bad.replace('["r","g","hb"]', '["r","g","g"]'),
      bad.replace('"features":["r","g","hb"],', ''),
      bad.replace(SHA256, 'no hash'),
      bad.replace('2026-01-02T03', '2026-13-02T03'),
      bad.replace(`"model":"${MODEL}"`, '"model":"../../etc"'),
      'x'.repeat(3 << 20),
    ];
    const before = broken.length >> 1;
    const text = file(...broken.slice(0, before), good, '', '  ', ...broken.slice(before), line('last'));
    for (const chunkBytes of [1000, 1 << 20]) {
      const { summary, inputs } = await readAll(one(text, chunkBytes));
      expect([summary.brokenLines, summary.rows, inputs]).toEqual([broken.length, 2, [ROW, ROW]]);
    }
  });

  it('takes a last line without its break when it is whole, and counts it when it is torn', async () => {
    const last = line('2');
    expect((await readAll(one(file(line('1')) + last))).summary).toMatchObject({ rows: 2, brokenLines: 0 });
    expect((await readAll(one(file(line('1')) + last.slice(0, -1)))).summary).toMatchObject({
      rows: 1,
      brokenLines: 1,
    });
  });

  it('separates the versions of a window, and counts the others', async () => {
    const other = { version: 2, sha256: OTHER_SHA256 };
    const source = one(
      file(line('1'), line('2', { ...other, inputs: [ROW, ROW] }), line('3', { ...other, captureInputs: false })),
    );
    const first = await readAll(source);
    expect(first.summary).toMatchObject({ rows: 1, otherVersions: [{ ...other, rows: 3 }], withoutInputs: 0 });
    const second = await readAll(source, WINDOW, OTHER_SHA256);
    expect(second.summary).toMatchObject({
      rows: 3,
      otherVersions: [{ version: 1, sha256: SHA256, rows: 1 }],
      withoutInputs: 1,
    });
  });

  it('tells an empty window, and one of a model that never answered', async () => {
    for (const source of [memorySource({}), one(''), one(file(line('1', { time: WINDOW.to })))]) {
      const { summary, scores } = await readAll(source);
      expect([summary.rows, summary.brokenLines, scores]).toEqual([0, 0, []]);
    }
    const source = one(file(line('1')));
    expect((await readAll(source, { from: WINDOW.to, to: WINDOW.from })).summary.rows).toBe(0);
  });

  it('holds to the half-open window, whatever hour a delivery stream put a line in', async () => {
    const at = (time: string) => linesOf({ id: time, time })[0]!;
    const source = memorySource({
      [`${MODEL}/date=2026-01-02/hour=02/a.jsonl`]: file(
        at('2026-01-02T02:59:59.999Z'),
        at('2026-01-02T03:00:00.000Z'),
      ),
      [PART]: file(at('2026-01-02T03:59:59.999Z'), at('2026-01-02T04:00:00.000Z')),
      [`${MODEL}/date=2026-01-02/hour=04/a.jsonl`]: file(at('2026-01-02T03:59:58.000Z'), 'broken, of another hour'),
      [`${MODEL}/date=2026-01-02/hour=06/a.jsonl`]: file(at('2026-01-02T03:30:00.000Z')),
    });
    const { summary } = await readAll(source);
    expect(summary).toMatchObject({ rows: 3, brokenLines: 0 });
    expect(source.opened).not.toContain(`${MODEL}/date=2026-01-02/hour=06/a.jsonl`);
  });

  it('is not led astray by a clock that jumped', async () => {
    const at = (time: string) => linesOf({ id: time, time })[0]!;
    const source = one(
      file(at('1970-01-01T00:00:00.000Z'), at('2026-01-02T03:30:00.000Z'), at('9999-12-31T23:59:59.999Z')),
    );
    expect((await readAll(source)).summary).toMatchObject({ rows: 1, brokenLines: 0 });
  });

  it('counts a line once that was delivered twice, and finds the whole copy of a torn one', async () => {
    const batch = linesOf({ id: 'batch', inputs: Array.from({ length: 3000 }, () => ROW) });
    expect(batch.length).toBeGreaterThan(1);
    const torn = line('torn');
    const source = memorySource({
      [PART]: file(...batch, torn.slice(0, -3), torn, respelled(torn)),
      [`${HOUR}/again.jsonl`]: file(...batch),
    });
    expect((await readAll(source)).summary).toMatchObject({ rows: 3001, brokenLines: 1 });
  });

  it('leaves out requests of our own and other models', async () => {
    const source = one(
      file(
        line('1', { purpose: 'smoke-test' }),
        line('2', { purpose: 'probe', captureInputs: false }),
        line('3').replace(`"model":"${MODEL}"`, '"model":"other"'),
        respelled(line('4', { purpose: 'probe' })),
      ),
    );
    expect((await readAll(source)).summary).toMatchObject({ rows: 0, brokenLines: 0, otherVersions: [] });
  });

  it('reads lines without inputs, and counts their rows', async () => {
    const later = [44, 31.25, NaN];
    const bare = line('2', { captureInputs: false, inputs: [ROW, ROW] });
    const { summary, inputs, scores } = await readAll(one(file(line('1'), bare, line('3', { inputs: [later] }))));
    expect(summary).toMatchObject({ rows: 4, withoutInputs: 2, missingFeatures: [] });
    expect(inputs).toEqual([ROW, later]);
    expect(scores).toEqual([0.9, 0.9, 0.9, 0.9]);
  });

  it('names features that the model or the line does not have', async () => {
    const foreign = line('1').replace('["r","g","hb"]', '["hb","new]","r"]');
    const ordered = line('2').replace('["r","g","hb"]', '["hb","new","r"]');
    const { summary, inputs } = await readAll(one(file(foreign, line('3'), ordered)));
    expect(summary).toMatchObject({
      rows: 3,
      brokenLines: 0,
      unknownFeatures: ['new', 'new]'],
      missingFeatures: ['g'],
    });
    expect(inputs).toEqual([[10, NaN, 43], ROW, [10, NaN, 43]]);
  });

  it('refuses a name that leads elsewhere and times that are none, and stops when asked', async () => {
    const source = one(file(line('1')));
    const ask = (more: object) =>
      readWindow({ source, model: MODEL, sha256: SHA256, features: NAMES, window: WINDOW, ...more });
    await expect(ask({ model: '../secret' })).rejects.toMatchObject({ name: 'DefinitionInvalid' });
    await expect(ask({ window: { from: 'x', to: WINDOW.to } })).rejects.toThrow('is not ISO 8601');
    expect(source.opened).toEqual([]);
    await expect(ask({ signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow('enough');
  });
});
