import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { acceptFeedback } from '../../../src/capture/feedback.js';
import { createObjectSource } from '../../../src/capture/object-source.js';
import { openObjectWriter } from '../../../src/capture/object-writer.js';
import { createMemoryObjects } from '../../support/memory-objects.js';
import { temporaryDirectory } from '../../support/temp.js';
import { until } from '../../support/until.js';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { HOUR, idOf, linesOf, MODEL, readAll } from './lines.js';

const line = (id: string, more: object = {}) => linesOf({ id, ...more })[0]!;

function open(settings: { flushMilliseconds?: number; mostCharacters?: number } = {}) {
  const objects = createMemoryObjects();
  const said: string[] = [];
  let parts = 0;
  let away = false;
  const writer = openObjectWriter({
    objects: {
      ...objects,
      put: (key, bytes, condition) =>
        away ? Promise.reject(new Error('Writing failed with 503.')) : objects.put(key, bytes, condition),
    },
    newPart: () => `part-${++parts}`,
    say: (sentence) => said.push(sentence),
    flushMilliseconds: 60_000,
    ...settings,
  });
  const rows = async () => (await readAll(createObjectSource(objects))).summary.rows;
  return { objects, writer, said, rows, setAway: (now: boolean) => (away = now) };
}

describe('the capture writer of a bucket', () => {
  it('puts lines into the hour of their own time, and leaves other lines to others', async () => {
    const { objects, writer } = open();
    expect(writer.take(line('1'))).toBe(true);
    expect(writer.take(line('2', { time: '1999-12-31T23:59:59.999Z' }))).toBe(true);
    expect(writer.take(line('3', { purpose: 'probe' }))).toBe(false);
    expect(writer.take('text')).toBe(false);
    await writer.close();
    expect([...objects.all.keys()]).toEqual([`${HOUR}/part-1.jsonl`, `${MODEL}/date=1999-12-31/hour=23/part-2.jsonl`]);
  });

  it('writes soon, without being asked', async () => {
    const { writer, rows } = open({ flushMilliseconds: 20 });
    writer.take(line('1'));
    await until(rows, (count) => count === 1);
  });

  it('keeps what cannot be written until it can', async () => {
    const { writer, rows, said, setAway } = open();
    setAway(true);
    writer.take(line('1'));
    await writer.flush();
    writer.take(line('2'));
    await writer.flush();
    expect(said).toEqual([expect.stringContaining('Predictions cannot be captured: Writing failed with 503.')]);
    setAway(false);
    writer.take(line('3'));
    await writer.flush();
    expect(await rows()).toBe(3);
    expect(said.slice(1)).toEqual(['Predictions are captured again; 0 lines were lost.']);
  });

  it('bounds what waits, and says how much was lost', async () => {
    const { writer, rows, said, setAway } = open({ mostCharacters: line('1').length * 2.5 });
    setAway(true);
    for (const id of ['1', '2', '3', '4']) writer.take(line(id));
    await writer.flush();
    setAway(false);
    await writer.flush();
    expect(await rows()).toBe(2);
    expect(said).toEqual([
      'As many predictions wait to be captured as may: further ones are lost until the bucket takes these.',
      expect.stringContaining('Predictions cannot be captured'),
      'Predictions are captured again; 2 lines were lost.',
    ]);
  });

  it('tries once more at its end, and says what is lost then', async () => {
    const { objects, writer, said, setAway } = open();
    setAway(true);
    writer.take(line('1'));
    await writer.flush();
    writer.take(line('2'));
    await writer.close();
    expect(said.slice(1)).toEqual(['Predictions were not captured to the end: 2 lines are lost.']);
    expect(objects.all.size).toBe(0);

    const other = open();
    other.setAway(true);
    other.writer.take(line('1'));
    await other.writer.flush();
    other.setAway(false);
    await other.writer.close();
    expect(await other.rows()).toBe(1);
    expect(other.said.slice(1)).toEqual(['Predictions are captured again; 0 lines were lost.']);
  });
});

describe('captured objects', () => {
  const gzipped = (...lines: string[]) => gzipSync(`${lines.join('\n')}\n`);

  it('are read where a delivery stream has compressed them', async () => {
    const { objects, rows } = open();
    objects.all.set(`${HOUR}/stream-1.jsonl.gz`, gzipped(line('1'), line('2')));
    objects.all.set(`${HOUR}/stream-2.jsonl.gz`, Buffer.concat([gzipped(line('3')), gzipped(line('4'))]));
    objects.all.set(`${HOUR}/part.jsonl`, Buffer.from(`${line('5')}\n`));
    expect(await rows()).toBe(5);
  });

  it.each([
    [{ from: '2026-01-02T03:00:00Z', to: '2026-01-02T03:30:00Z' }, ['02/hour=02', '02/hour=03', '02/hour=04']],
    [
      { from: '2026-01-02T00:30:00Z', to: '2026-01-03T01:30:00Z' },
      ['01/hour=23', '02', '03/hour=00', '03/hour=01', '03/hour=02'],
    ],
    [{ from: '2026-01-02T03:00:00Z', to: '2026-01-02T03:00:00Z' }, []],
  ])('are looked for in the hours of %j alone, and the ones beside them', async (window, days) => {
    const listed: string[] = [];
    const source = createObjectSource(createMemoryObjects());
    const list = (folder: string) => {
      listed.push(folder);
      return source.list(folder);
    };
    await readAll({ ...source, list }, window);
    expect(listed).toEqual(days.map((day) => `${MODEL}/date=2026-01-${day}/`));
  });

  it.each([
    ['cut', (whole: Buffer) => whole.subarray(0, whole.length - 12)],
    ['no gzip at all', () => Buffer.from('not compressed')],
  ])('are counted as broken, and the rest is read, where one is %s', async (_, damage) => {
    const { objects } = open();
    objects.all.set(`${HOUR}/a.jsonl.gz`, damage(gzipped(line('1'))));
    objects.all.set(`${HOUR}/b.jsonl.gz`, gzipped(line('2')));
    const { summary } = await readAll(createObjectSource(objects));
    expect(summary.rows).toBeGreaterThanOrEqual(1);
    expect(summary.brokenLines).toBeGreaterThanOrEqual(1);
  });

  it('take labels', async () => {
    const { objects } = open();
    const path = join(await temporaryDirectory(), 'labels.csv');
    objects.all.set(`${HOUR}/a.jsonl`, Buffer.from(`${line(idOf('a'))}\n${line(idOf('b'))}\n`));
    await writeFile(path, `id,label\n${idOf('a')},Yes\n${idOf('b')},No\n`);
    const capture = createObjectSource(objects);
    const give = () =>
      acceptFeedback({
        ...{ capture, model: MODEL, path, now: () => new Date('2026-01-02') },
        target: { labels: { Yes: 1, No: 0 }, positive: 'anaemic', negative: 'not anaemic' },
      });
    expect(await give()).toMatchObject({ accepted: 2, positives: 1, duplicates: 0 });
    expect(await give()).toMatchObject({ accepted: 0, positives: 0, duplicates: 2 });
    expect([...objects.all.keys()]).toContainEqual(expect.stringMatching(`^${MODEL}/feedback/date=2026-01-02/`));
  });
});
