import { pathToFileURL } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { createReportSink, type ReportSink } from '../../../src/report/sink.js';
import { createFileObjects } from '../../../src/store/file-objects.js';
import type { Objects } from '../../../src/store/objects.js';
import { openS3Folder } from '../../../src/vendors/aws/open-s3.js';
import { createMemoryObjects } from '../../../src/testing/memory-objects.js';
import { temporaryDirectory } from '../../support/temp.js';
import { startFakeS3 } from '../vendors/aws/fake-s3.js';

beforeAll(() => {
  process.env['AWS_ACCESS_KEY_ID'] = 'test';
  process.env['AWS_SECRET_ACCESS_KEY'] = 'test';
});

/** A sink, the address that its reports' addresses begin with, and all that it keeps by path. */
interface Opened {
  sink: ReportSink;
  base: string;
  kept: () => Promise<Record<string, string>>;
}

const opened = (objects: Objects, base: string): Opened => ({
  sink: createReportSink(objects, base),
  base,
  async kept() {
    const texts = (await objects.list('')).map(async (key) => [
      key,
      Buffer.from((await objects.get(key))!.bytes).toString(),
    ]);
    return Object.fromEntries(await Promise.all(texts)) as Record<string, string>;
  },
});

async function inFiles(): Promise<Opened> {
  const root = await temporaryDirectory();
  return opened(createFileObjects(root), pathToFileURL(root).href);
}

async function onS3(): Promise<Opened> {
  const { endpoint } = await startFakeS3('bucket');
  const base = 's3://bucket/reports';
  return opened(openS3Folder(base, { endpoint, region: 'us-east-1', kmsKey: null }), base);
}

const REPORT = { model: 'anemia', kind: 'drift', createdAt: '2026-01-01T00:00:00Z', html: '<p>', json: '{}' } as const;

describe.each([
  ['files', inFiles],
  ['memory', () => Promise.resolve(opened(createMemoryObjects(), 's3://bucket/reports'))],
  ['S3', onS3],
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
