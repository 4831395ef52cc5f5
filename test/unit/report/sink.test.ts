import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { createFileReportSink } from '../../../src/report/file-sink.js';
import { createObjectReportSink } from '../../../src/report/object-sink.js';
import type { ReportSink } from '../../../src/report/sink.js';
import { createMemoryObjects } from '../../support/memory-objects.js';
import { temporaryDirectory } from '../../support/temp.js';

/** A sink, the address that its reports' addresses begin with, and all that it keeps by path. */
interface Opened {
  sink: ReportSink;
  base: string;
  kept: () => Promise<Record<string, string>>;
}

async function openFiles(): Promise<Opened> {
  const root = await temporaryDirectory();
  return {
    sink: createFileReportSink({ root, baseUrl: null }),
    base: pathToFileURL(root).href,
    async kept() {
      const entries = await readdir(root, { recursive: true, withFileTypes: true });
      const paths = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
      const texts = paths.map(async (path) => [path.slice(root.length + 1), await readFile(path, 'utf8')]);
      return Object.fromEntries(await Promise.all(texts)) as Record<string, string>;
    },
  };
}

function openObjects(): Promise<Opened> {
  const objects = createMemoryObjects();
  const base = 's3://bucket/reports';
  const texts = () => [...objects.all].map(([key, bytes]) => [key, Buffer.from(bytes).toString()]);
  return Promise.resolve({
    sink: createObjectReportSink(objects, base),
    base,
    kept: () => Promise.resolve(Object.fromEntries(texts()) as Record<string, string>),
  });
}

const REPORT = { model: 'anemia', kind: 'drift', createdAt: '2026-01-01T00:00:00Z', html: '<p>', json: '{}' } as const;

describe.each([
  ['files', openFiles],
  ['objects', openObjects],
])('reports in %s', (_where, open) => {
  it('are a page and a document, whose addresses are told', async () => {
    const { sink, base, kept } = await open();
    const path = 'anemia/drift/check-2026-01-01T00_-00_-00Z';
    const address = await sink.write({ ...REPORT, id: 'check-2026-01-01T00:00:00Z' });
    expect(address).toEqual({ html: `${base}/${path}.html`, json: `${base}/${path}.json` });
    expect(await kept()).toEqual({ [`${path}.html`]: '<p>', [`${path}.json`]: '{}' });
  });

  it('are replaced by one of the same id, and stand beside others', async () => {
    const { sink, kept } = await open();
    await sink.write({ ...REPORT, id: 'a', html: 'old', json: 'old' });
    await sink.write({ ...REPORT, id: 'a' });
    await sink.write({ ...REPORT, id: 'a', kind: 'training' });
    await sink.write({ ...REPORT, id: 'a', model: 'other' });
    const paths = ['anemia/drift/a', 'anemia/training/a', 'other/drift/a'];
    const expected = paths.flatMap((path) => [
      [`${path}.html`, '<p>'],
      [`${path}.json`, '{}'],
    ]);
    expect(await kept()).toEqual(Object.fromEntries(expected));
  });

  it.each(['', '..', '../x', '.hidden', 'a/b', 'a\\b', 'a b', 'a\0', '-a'])(
    'are refused under the name %j',
    async (name) => {
      const { sink, kept } = await open();
      await expect(sink.write({ ...REPORT, id: name })).rejects.toMatchObject({ type: 'DataContract' });
      await expect(sink.write({ ...REPORT, id: 'a', model: name })).rejects.toMatchObject({ type: 'DataContract' });
      expect(await kept()).toEqual({});
    },
  );
});
