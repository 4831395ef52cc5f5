import { expect, it } from 'vitest';
import { createObjectReportSink } from '../../src/report/object-sink.js';
import { createMemoryObjects } from '../support/memory-objects.js';

const report = { model: 'anemia', kind: 'drift', createdAt: '2026-01-01T00:00:00Z', html: '<p>', json: '{}' } as const;

it('writes page and document as objects, tells their addresses, and replaces them', async () => {
  const objects = createMemoryObjects();
  const sink = createObjectReportSink(objects, 's3://bucket/reports');
  await sink.write({ ...report, id: 'a:1', html: 'old' });
  const path = 'anemia/drift/a_-1';
  const address = { html: `s3://bucket/reports/${path}.html`, json: `s3://bucket/reports/${path}.json` };
  expect(await sink.write({ ...report, id: 'a:1' })).toEqual(address);
  const texts = [...objects.all].map(([key, bytes]) => [key, Buffer.from(bytes).toString()]);
  expect(Object.fromEntries(texts)).toEqual({ [`${path}.html`]: '<p>', [`${path}.json`]: '{}' });
});

it.each(['', '..', '../x', 'a/b', 'a b'])('refuses the id %j', async (id) => {
  const objects = createMemoryObjects();
  const sink = createObjectReportSink(objects, 's3://bucket/reports');
  await expect(sink.write({ ...report, id })).rejects.toMatchObject({ type: 'DataContract' });
  await expect(sink.write({ ...report, id: 'a', model: id })).rejects.toMatchObject({ type: 'DataContract' });
  expect(objects.all.size).toBe(0);
});
