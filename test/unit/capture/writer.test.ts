import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openCaptureWriter } from '../../../src/capture/writer.js';
import { createFileObjects } from '../../../src/store/file-objects.js';
import type { Objects } from '../../../src/store/objects.js';
import { createMemoryObjects } from '../../../src/testing/memory-objects.js';
import { temporaryDirectory } from '../../support/temp.js';
import { until } from '../../support/until.js';
import { HOUR, linesOf, MODEL, readAll, WINDOW } from './lines.js';

const line = (id: string, more: object = {}) => linesOf({ id, ...more })[0]!;

/** A writer to objects that can be away. */
function openTo(objects: Objects, settings: { flushMilliseconds?: number; mostCharacters?: number } = {}) {
  const said: string[] = [];
  let parts = 0;
  let away = false;
  const unlessAway = <T>(write: () => Promise<T>) =>
    away ? Promise.reject(new Error('Writing failed with 503.')) : write();
  const { append } = objects;
  const writer = openCaptureWriter({
    objects: {
      ...objects,
      put: (key, bytes, condition) => unlessAway(() => objects.put(key, bytes, condition)),
      append: append && ((key, bytes) => unlessAway(() => append(key, bytes))),
    },
    newPart: () => `part-${++parts}`,
    say: (sentence) => said.push(sentence),
    flushMilliseconds: 60_000,
    ...settings,
  });
  const rows = async () => (await readAll(objects)).summary.rows;
  return { objects, writer, said, rows, setAway: (now: boolean) => (away = now) };
}

describe.each([
  ['files', async () => createFileObjects(await temporaryDirectory())],
  ['a bucket', () => Promise.resolve(createMemoryObjects())],
])('the capture writer to %s', (_, place) => {
  const open = async (settings?: Parameters<typeof openTo>[1]) => openTo(await place(), settings);

  it('puts lines into the hour of their own time, and leaves other lines to others', async () => {
    const { objects, writer } = await open();
    expect(writer.take(line('1'))).toBe(true);
    expect(writer.take(line('2', { time: '1999-12-31T23:59:59.999Z' }))).toBe(true);
    expect(writer.take(line('3', { purpose: 'probe' }))).toBe(false);
    expect(writer.take('text')).toBe(false);
    await writer.close();
    const folders = (await objects.list('')).map((key) => key.slice(0, key.lastIndexOf('/')));
    expect(folders).toEqual([`${MODEL}/date=1999-12-31/hour=23`, HOUR]);
  });

  it('writes soon, without being asked', async () => {
    const { writer, rows } = await open({ flushMilliseconds: 20 });
    writer.take(line('1'));
    await until(rows, (count) => count === 1);
  });

  it('keeps what cannot be written until it can', async () => {
    const { writer, rows, said, setAway } = await open();
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
    const { writer, rows, said, setAway } = await open({ mostCharacters: line('1').length * 2.5 });
    setAway(true);
    for (const id of ['1', '2', '3', '4']) writer.take(line(id));
    await writer.flush();
    setAway(false);
    await writer.flush();
    expect(await rows()).toBe(2);
    expect(said).toEqual([
      'As many predictions wait to be captured as may: further ones are lost until these can be written.',
      expect.stringContaining('Predictions cannot be captured'),
      'Predictions are captured again; 2 lines were lost.',
    ]);
  });

  it('tries once more at its end, and says what is lost then', async () => {
    const { objects, writer, said, setAway } = await open();
    setAway(true);
    writer.take(line('1'));
    await writer.flush();
    writer.take(line('2'));
    await writer.close();
    expect(said.slice(1)).toEqual(['Predictions were not captured to the end: 2 lines are lost.']);
    expect(await objects.list('')).toEqual([]);

    const other = await open();
    other.setAway(true);
    other.writer.take(line('1'));
    await other.writer.flush();
    other.setAway(false);
    await other.writer.close();
    expect(await other.rows()).toBe(1);
    expect(other.said.slice(1)).toEqual(['Predictions are captured again; 0 lines were lost.']);
  });
});

async function openFiles() {
  const directory = join(await temporaryDirectory(), 'capture');
  const said: string[] = [];
  let parts = 0;
  const openAnother = () =>
    openCaptureWriter({
      objects: createFileObjects(directory),
      newPart: () => `part-${++parts}`,
      say: (sentence) => said.push(sentence),
    });
  return {
    ...{ directory, said, openAnother, writer: openAnother() },
    read: () => readAll(createFileObjects(directory)),
  };
}

describe('the capture writer to files', () => {
  it('puts lines into the hour of their own time, for nobody else to read', async () => {
    const { directory, writer } = await openFiles();
    expect(writer.take(line('1'))).toBe(true);
    expect(writer.take(line('2', { time: '1999-12-31T23:59:59.999Z' }))).toBe(true);
    expect(writer.take(line('3'))).toBe(true);
    await writer.close();
    expect(await readFile(join(directory, HOUR, 'part-1.jsonl'), 'utf8')).toBe(`${line('1')}\n${line('3')}\n`);
    expect(await readdir(join(directory, MODEL, 'date=1999-12-31'))).toEqual(['hour=23']);
    const modeOf = async (path: string) => (await stat(join(directory, path))).mode & 0o777;
    expect([await modeOf(join(HOUR, 'part-1.jsonl')), await modeOf(HOUR), await modeOf('.')]).toEqual([
      0o600, 0o700, 0o700,
    ]);
  });

  it('leaves requests of our own, and what is no prediction, to others', async () => {
    const { directory, writer } = await openFiles();
    const foreign = line('1').replace(`"model":"${MODEL}"`, '"model":"../../etc"');
    for (const other of ['text', '', '{', '{"type":"other"}', foreign, line('2', { purpose: 'probe' })])
      expect(writer.take(other)).toBe(false);
    await writer.close();
    await expect(stat(directory)).rejects.toThrow('ENOENT');
  });

  it('writes soon, without being asked, and what comes after its end', async () => {
    const { writer, read } = await openFiles();
    writer.take(line('1'));
    await until(read, ({ summary }) => summary.rows === 1);
    await writer.close();
    writer.take(line('2'));
    await until(read, ({ summary }) => summary.rows === 2);
  });

  it('writes much at once', async () => {
    const { writer, read } = await openFiles();
    const batch = linesOf({ id: 'batch', inputs: Array.from({ length: 10_000 }, (_, i) => [i / 3, i / 7, i / 9]) });
    for (let i = 0; i < 3; i++) for (const each of batch) writer.take(each.replace('"batch"', `"batch-${i}"`));
    await until(read, ({ summary }) => summary.rows > 10_000);
    await writer.close();
    expect((await read()).summary.rows).toBe(30_000);
  });

  it('never continues a file that another writer left, torn or not', async () => {
    const { directory, writer, openAnother, read } = await openFiles();
    writer.take(line('1'));
    await writer.close();
    const part = join(directory, HOUR, 'part-1.jsonl');
    await writeFile(part, (await readFile(part, 'utf8')) + line('torn').slice(0, 50));
    const next = openAnother();
    next.take(line('2'));
    await next.close();
    expect((await read()).summary).toMatchObject({ ...WINDOW, rows: 2, brokenLines: 1 });
  });

  it('says once that one folder cannot be written, whatever becomes of the others', async () => {
    const { directory, said, writer, read } = await openFiles();
    await mkdir(join(directory, MODEL), { recursive: true });
    await writeFile(join(directory, MODEL, 'date=1999-12-31'), 'in the way');
    for (const id of ['1', '2']) {
      writer.take(line(`old ${id}`, { time: '1999-12-31T23:59:59.999Z' }));
      writer.take(line(id));
      await writer.flush();
    }
    expect((await read()).summary.rows).toBe(2);
    expect(said).toEqual([expect.stringContaining('Predictions cannot be captured')]);
    await rm(join(directory, MODEL, 'date=1999-12-31'));
    await writer.close();
    expect(said.slice(1)).toEqual(['Predictions are captured again; 0 lines were lost.']);
  });

  it('says once that it cannot write, keeps the lines, and goes on in a new file', async () => {
    const { directory, said, writer, read } = await openFiles();
    writer.take(line('1'));
    await writer.flush();
    await rm(join(directory, MODEL), { recursive: true });
    await writeFile(join(directory, MODEL), 'in the way');
    for (const id of ['2', '3']) {
      expect(writer.take(line(id))).toBe(true);
      await writer.flush();
    }
    expect(said).toEqual([expect.stringMatching(/^Predictions cannot be captured: (EEXIST|ENOTDIR).*tried again\.$/)]);
    await rm(join(directory, MODEL));
    await mkdir(join(directory, MODEL));
    writer.take(line('4'));
    await writer.close();
    expect(said.slice(1)).toEqual(['Predictions are captured again; 0 lines were lost.']);
    expect((await read()).summary.rows).toBe(3);
    expect(await readdir(join(directory, HOUR))).toHaveLength(1);
    expect(await readdir(join(directory, HOUR))).not.toContain('part-1.jsonl');
  });
});
