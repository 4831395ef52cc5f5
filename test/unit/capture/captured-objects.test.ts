import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { acceptFeedback } from '../../../src/capture/feedback.js';
import { readKnownLabels } from '../../../src/capture/known-labels.js';
import { feedbackFolder } from '../../../src/capture/partitions.js';
import { createFileObjects } from '../../../src/store/file-objects.js';
import { createMemoryObjects } from '../../../src/testing/memory-objects.js';
import { temporaryDirectory } from '../../support/temp.js';
import { HOUR, idOf, linesOf, MODEL, readAll } from './lines.js';

const line = (id: string) => linesOf({ id })[0]!;

function open() {
  const objects = createMemoryObjects();
  return { objects, rows: async () => (await readAll(objects)).summary.rows };
}

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
    const source = createMemoryObjects();
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
    const { summary } = await readAll(objects);
    expect(summary.rows).toBeGreaterThanOrEqual(1);
    expect(summary.brokenLines).toBeGreaterThanOrEqual(1);
  });

  it('are passed over and counted where they are removed between listing and reading', async () => {
    const objects = createFileObjects(await temporaryDirectory());
    const put = (key: string, bytes: Buffer) => objects.put(key, bytes, 'always');
    const paths = ['plain.jsonl', 'packed.jsonl.gz', 'kept.jsonl'].map((name) => `${HOUR}/${name}`);
    for (const [i, path] of paths.entries())
      await put(path, path.endsWith('.gz') ? gzipped(line(String(i))) : Buffer.from(`${line(String(i))}\n`));
    expect((await readAll(objects)).summary).not.toHaveProperty('goneFiles');
    const labels = feedbackFolder(MODEL);
    await put(`${labels}date=2026-01-02/1.jsonl`, Buffer.from('{}\n'));
    const emptied = (folder: string, gone: (path: string) => boolean) => ({
      ...objects,
      async list(prefix: string) {
        const listed = await objects.list(prefix);
        if (prefix.startsWith(folder)) for (const path of listed.filter(gone)) await objects.delete(path);
        return listed;
      },
    });
    const { summary } = await readAll(emptied(HOUR, (path) => path !== paths[2]));
    expect(summary).toMatchObject({ rows: 1, brokenLines: 0, goneFiles: 2 });
    const source = emptied(labels, () => true);
    expect((await readKnownLabels({ source, model: MODEL, since: '2026-01-01' })).count).toBe(0);
    expect(await objects.list(labels)).toEqual([]);
  });

  it('take labels', async () => {
    const { objects } = open();
    const path = join(await temporaryDirectory(), 'labels.csv');
    objects.all.set(`${HOUR}/a.jsonl`, Buffer.from(`${line(idOf('a'))}\n${line(idOf('b'))}\n`));
    await writeFile(path, `id,label\n${idOf('a')},Yes\n${idOf('b')},No\n`);
    const give = () =>
      acceptFeedback({
        ...{ capture: objects, model: MODEL, path, now: () => new Date('2026-01-02') },
        target: { labels: { Yes: 1, No: 0 }, positive: 'anaemic', negative: 'not anaemic' },
      });
    expect(await give()).toMatchObject({ accepted: 2, positives: 1, duplicates: 0 });
    expect(await give()).toMatchObject({ accepted: 0, positives: 0, duplicates: 2 });
    expect([...objects.all.keys()]).toContainEqual(expect.stringMatching(`^${MODEL}/feedback/date=2026-01-02/`));
  });
});
