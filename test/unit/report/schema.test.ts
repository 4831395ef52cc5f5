import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { DriftReport } from '../../../src/contracts/results.js';
import { driftReportSchema } from '../../../src/report/schema/drift-report.js';
import { jsonSchemas } from '../../../src/report/schema/json-schema.js';
import { trainingReportSchema } from '../../../src/report/schema/training-report.js';
import { driftReport, emptyDriftReport } from './drift-documents.js';
import { refusedReport, trainingReport } from './training-documents.js';

const documented = async (file: string) =>
  JSON.parse(await readFile(new URL(`../../../docs/${file}`, import.meta.url), 'utf8')) as Parameters<
    typeof z.fromJSONSchema
  >[0];

describe('report schemas', () => {
  it.each(Object.entries(jsonSchemas()))('have an up-to-date %s', async (file, schema) => {
    expect(await documented(file), 'run npm run schemas').toEqual(JSON.parse(JSON.stringify(schema)));
  });

  it.each([
    ['drift-report', driftReport()],
    ['drift-report', emptyDriftReport()],
    ['training-report', trainingReport()],
    ['training-report', refusedReport()],
  ])('take a %s as it is written', async (kind, document) => {
    const read = z.fromJSONSchema(await documented(`${kind}.schema.json`));
    const written: unknown = JSON.parse(JSON.stringify(document));
    expect(read.parse(written)).toEqual(written);
    expect((kind === 'drift-report' ? driftReportSchema : trainingReportSchema).parse(written)).toEqual(written);
  });

  it.each([
    ['another version', (document: DriftReport) => ({ ...document, schemaVersion: 1 })],
    ['a missing part', ({ policy: _, ...document }: DriftReport) => document],
    [
      'a share above one',
      (document: DriftReport) => ({
        ...document,
        policy: { ...document.policy, drift: { ...document.policy.drift, falseDiscoveryRate: 2 } },
      }),
    ],
  ])('refuse %s', async (_, change) => {
    const read = z.fromJSONSchema(await documented('drift-report.schema.json'));
    expect(read.safeParse(change(driftReport())).success).toBe(false);
  });

  it('let later fields pass', async () => {
    const read = z.fromJSONSchema(await documented('drift-report.schema.json'));
    expect(read.safeParse({ ...driftReport(), addedLater: 1 }).success).toBe(true);
  });
});
