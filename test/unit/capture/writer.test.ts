import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, describe, it } from 'vitest';
import { createFileSource } from '../../../src/capture/file-source.js';
import { openCaptureWriter } from '../../../src/capture/writer.js';
import { temporaryDirectory } from '../../support/temp.js';
import { until } from '../../support/until.js';
import { HOUR, linesOf, MODEL, readAll, WINDOW } from './lines.js';

async function open() {
  const directory = join(await temporaryDirectory(), 'capture');
  const said: string[] = [];
  let parts = 0;
  const openAnother = () =>
    openCaptureWriter({ directory, newPart: () => `part-${++parts}`, say: (line) => said.push(line) });
  return {
    ...{ directory, said, openAnother, writer: openAnother() },
    read: () => readAll(createFileSource(pathToFileURL(directory).href)),
    files: async () =>
      (await readdir(directory, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile()),
  };
}

const line = (id: string, more: object = {}) => linesOf({ id, ...more })[0]!;

describe('the capture writer', () => {
  it('puts lines into the hour of their own time, for nobody else to read', async () => {
    const { directory, writer, files } = await open();
    expect(writer.take(line('1'))).toBe(true);
    expect(writer.take(line('2', { time: '1999-12-31T23:59:59.999Z' }))).toBe(true);
    expect(writer.take(line('3'))).toBe(true);
    writer.close();
    expect(await readFile(join(directory, HOUR, 'part-1.jsonl'), 'utf8')).toBe(`${line('1')}\n${line('3')}\n`);
    expect(await readdir(join(directory, MODEL, 'date=1999-12-31'))).toEqual(['hour=23']);
    expect((await files()).length).toBe(2);
    const modeOf = async (path: string) => (await stat(join(directory, path))).mode & 0o777;
    expect([await modeOf(join(HOUR, 'part-1.jsonl')), await modeOf(HOUR), await modeOf('.')]).toEqual([
      0o600, 0o700, 0o700,
    ]);
  });

  it('leaves requests of our own, and what is no prediction, to others', async () => {
    const { directory, writer } = await open();
    const foreign = line('1').replace(`"model":"${MODEL}"`, '"model":"../../etc"');
    for (const other of ['text', '', '{', '{"type":"other"}', foreign, line('2', { purpose: 'probe' })])
      expect(writer.take(other)).toBe(false);
    writer.close();
    await expect(stat(directory)).rejects.toThrow('ENOENT');
  });

  it('writes soon, without being asked, and what comes after its end', async () => {
    const { writer, read } = await open();
    writer.take(line('1'));
    await until(read, ({ summary }) => summary.rows === 1);
    writer.close();
    writer.take(line('2'));
    expect((await read()).summary.rows).toBe(2);
  });

  it('writes much at once', async () => {
    const { writer, read } = await open();
    const batch = linesOf({ id: 'batch', inputs: Array.from({ length: 10_000 }, (_, i) => [i / 3, i / 7, i / 9]) });
    for (let i = 0; i < 3; i++) for (const each of batch) writer.take(each.replace('"batch"', `"batch-${i}"`));
    expect((await read()).summary.rows).toBeGreaterThan(10_000);
    writer.close();
    expect((await read()).summary.rows).toBe(30_000);
  });

  it('never continues a file that another writer left, torn or not', async () => {
    const { directory, writer, openAnother, read } = await open();
    writer.take(line('1'));
    writer.close();
    const part = join(directory, HOUR, 'part-1.jsonl');
    await writeFile(part, (await readFile(part, 'utf8')) + line('torn').slice(0, 50));
    const next = openAnother();
    next.take(line('2'));
    next.close();
    expect((await read()).summary).toMatchObject({ ...WINDOW, rows: 2, brokenLines: 1 });
  });

  it('says once that it cannot write, loses no prediction of others, and goes on in a new file', async () => {
    const { directory, said, writer, read } = await open();
    writer.take(line('1'));
    writer.flush();
    await rm(join(directory, MODEL), { recursive: true });
    await writeFile(join(directory, MODEL), 'in the way');
    for (const id of ['2', '3']) {
      expect(writer.take(line(id))).toBe(true);
      writer.flush();
    }
    expect(said).toEqual([expect.stringMatching(/^Predictions cannot be captured below .*: EEXIST|ENOTDIR/)]);
    await rm(join(directory, MODEL));
    await mkdir(join(directory, MODEL));
    writer.take(line('4'));
    writer.close();
    expect(said.slice(1)).toEqual(['Predictions are captured again; 2 lines were lost.']);
    expect((await read()).summary.rows).toBe(1);
    expect(await readdir(join(directory, HOUR))).toEqual(['part-2.jsonl']);
  });
});

describe('the file source', () => {
  it('lists what is below a folder, sorted, and nothing of one that is not there', async () => {
    const directory = await temporaryDirectory();
    const source = createFileSource(pathToFileURL(directory).href);
    await source.put('a/date=2/b.jsonl', 'two');
    await source.put('a/date=1/c.jsonl', 'one');
    await source.put('b/d.jsonl', 'other');
    expect(await source.list('a/')).toEqual(['a/date=1/c.jsonl', 'a/date=2/b.jsonl']);
    expect(await source.list('none/')).toEqual([]);
    const chunks: Buffer[] = [];
    for await (const chunk of source.open('a/date=1/c.jsonl')) chunks.push(Buffer.from(chunk));
    expect(Buffer.concat(chunks).toString()).toBe('one');
  });

  it('reads files only, as yet', () => {
    expect(() => createFileSource('s3://bucket/capture')).toThrow('not a file: URI');
  });
});
