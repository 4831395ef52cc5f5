import { readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { renderDriftReport } from '../../../src/report/drift-report.js';
import { createReportSink, FILE_NAME, fileNameOf } from '../../../src/report/sink.js';
import { createFileObjects } from '../../../src/store/file-objects.js';
import { createReportList } from '../../../src/report/list.js';
import { temporaryDirectory } from '../../support/temp.js';
import { emptyDriftReport } from './drift-documents.js';

const PAGE = renderDriftReport(emptyDriftReport());

const pageAt = (createdAt: string) =>
  PAGE.replace(/(<meta name="report-time" content=")[^"]*/, (_, start: string) => start + createdAt);

const report = (id: string, createdAt: string, kind: 'drift' | 'training' = 'drift') => ({
  model: 'anemia',
  kind,
  id,
  createdAt,
  html: pageAt(createdAt),
  json: JSON.stringify({ id }),
});

const day = (index: number) => new Date(Date.UTC(2026, 0, 1 + index)).toISOString();

describe('file report sink', () => {
  it('tells addresses of the page server where there is one', async () => {
    const sink = createReportSink(createFileObjects(await temporaryDirectory()), 'http://127.0.0.1:9234');
    expect(await sink.write(report('a', day(0)))).toEqual({
      html: 'http://127.0.0.1:9234/anemia/drift/a.html',
      json: 'http://127.0.0.1:9234/anemia/drift/a.json',
    });
  });

  it('keeps the newest drift reports by their own time, and all training reports', async () => {
    const root = await temporaryDirectory();
    const sink = createReportSink(createFileObjects(root), 'file:', 3);
    for (const index of [4, 0, 3, 1, 2]) {
      await sink.write(report(`c${index}`, day(index)));
      await sink.write(report(`t${index}`, day(index), 'training'));
    }
    const pages = async (kind: string) =>
      (await readdir(join(root, 'anemia', kind))).filter((file) => file.endsWith('.html')).sort();
    expect(await pages('drift')).toEqual(['c2.html', 'c3.html', 'c4.html']);
    expect(await readdir(join(root, 'anemia', 'drift'))).toHaveLength(6);
    expect(await pages('training')).toHaveLength(5);
  });

  it.each(['anemia', 'anemia-by-hand-2', 'anemia-backfill-old'])(
    'keeps reports of the schedule of %s, however many are made by hand and of the past',
    async (model) => {
      const root = await temporaryDirectory();
      const sink = createReportSink(createFileObjects(root), 'file:', 2);
      const idOf = (end: string) => `drift-${model}.mlops-1a2b3c4d-${end}`;
      const scheduled = ['2026-01-01T00:00:00Z', '2026-01-02T00:00:00Z'].map(idOf);
      const older = ['by-hand-a1b2c3', 'by-hand-a1b2c4'].map(idOf);
      const newest = ['by-hand-d5e6f7', 'backfill-2026-01-05T00:00:00.000Z'].map(idOf);
      for (const [index, id] of [...scheduled, ...older, ...newest].entries())
        await sink.write({ ...report(id, day(index)), model });
      const pages = (await readdir(join(root, model, 'drift'))).filter((file) => file.endsWith('.html'));
      const kept = [...scheduled, ...newest].map((id) => `${fileNameOf('id', id)}.html`);
      expect(pages.sort()).toEqual(kept.sort());
    },
  );

  it('does not remove the report just written, however old', async () => {
    const root = await temporaryDirectory();
    const sink = createReportSink(createFileObjects(root), 'file:', 1);
    await sink.write(report('new', day(5)));
    await sink.write(report('old', day(0)));
    expect(await readdir(join(root, 'anemia', 'drift'))).toContain('old.html');
  });
});

describe('file names of reports', () => {
  const ids = fc
    .tuple(
      fc.constantFrom('a', 'B', '7'),
      fc.string({ unit: fc.constantFrom('a', '_', ':', '-', '.'), maxLength: 250 }),
    )
    .map((parts) => parts.join(''));

  it('are safe, short, and different for different ids', () => {
    fc.assert(
      fc.property(ids, ids, (a, b) => {
        expect(fileNameOf('id', a)).toMatch(FILE_NAME);
        expect(fileNameOf('id', a).length).toBeLessThan(200);
        expect(fileNameOf('id', a) === fileNameOf('id', b)).toBe(a === b);
      }),
    );
  });
});

describe('report list', () => {
  it('lists models, and reports newest first with their verdict', async () => {
    const root = await temporaryDirectory();
    const sink = createReportSink(createFileObjects(root), 'file:');
    for (const index of [1, 3, 2, 0]) await sink.write(report(`c${index}`, day(index)));
    await sink.write({ ...report('t', day(0), 'training'), model: 'other' });
    const list = createReportList(createFileObjects(root));
    expect(await list.models()).toEqual(['anemia', 'other']);
    const { reports, total } = await list.reports('anemia', 'drift', 2);
    expect(total).toBe(4);
    expect(reports).toEqual([
      expect.objectContaining({ html: 'c3.html', json: 'c3.json', createdAt: day(3), tone: 'neutral' }),
      expect.objectContaining({ html: 'c2.html', verdict: 'Too few rows to judge: 5 of at least 200' }),
    ]);
    expect(await list.reports('nobody', 'drift', 2)).toEqual({ reports: [], total: 0 });
  });

  it('sees what has changed, gone or never been a report', async () => {
    const root = await temporaryDirectory();
    const sink = createReportSink(createFileObjects(root), 'file:');
    await sink.write(report('a', day(0)));
    await sink.write(report('b', day(1)));
    const list = createReportList(createFileObjects(root));
    await list.reports('anemia', 'drift', 9);
    await sink.write({ ...report('a', day(2)), html: pageAt(day(2)).replace(/content="neutral"/, 'content="bad"') });
    await rm(join(root, 'anemia', 'drift', 'b.html'));
    await writeFile(join(root, 'anemia', 'drift', 'stray.html'), '<p>no report</p>');
    const { reports } = await list.reports('anemia', 'drift', 9);
    expect(reports).toEqual([expect.objectContaining({ html: 'a.html', tone: 'bad', createdAt: day(2) })]);
  });
});
