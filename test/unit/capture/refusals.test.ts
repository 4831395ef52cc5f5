import { describe, expect, it } from 'vitest';
import { openCaptureWriter } from '../../../src/capture/writer.js';
import { readLabelled } from '../../../src/capture/known-labels.js';
import { temporaryDirectory } from '../../support/temp.js';
import { HOUR, linesOf, memorySource, MODEL, OTHER_SHA256, readAll, refusalOf, SHA256, WINDOW } from './lines.js';
import { createFileObjects } from '../../../src/store/file-objects.js';

const one = (...lines: string[]) => memorySource({ [`${HOUR}/part.jsonl`]: lines.map((line) => `${line}\n`).join('') });
const line = (id: string) => linesOf({ id })[0]!;
const refusalsIn = async (...lines: string[]) => (await readAll(one(...lines))).summary;

const missing = (field: string) => ({ field, reason: 'missing-field', message: '' }) as const;
const unknown = { field: 'Hb (g/l)', reason: 'unknown-field', message: '' } as const;

describe('refused requests of a window', () => {
  it('are counted by fault, beside those answered, and are no rows', async () => {
    const batch = linesOf({ id: 'batch', inputs: Array.from({ length: 10_000 }, () => [1 / 3, 1 / 3, 1 / 3]) });
    expect(batch.length).toBeGreaterThan(1);
    const refused = [refusalOf({ id: 'a' }, [missing('hb'), unknown]), refusalOf({ id: 'b' }, [missing('hb')])];
    expect(await refusalsIn(...batch, line('1'), ...refused, refusalOf({ id: 'c' }, []))).toMatchObject({
      rows: 10_001,
      brokenLines: 0,
      requests: {
        total: 5,
        refused: 3,
        faults: [
          { reason: 'missing-field', feature: 'hb', requests: 2 },
          { reason: 'InvalidInput', feature: null, requests: 1 },
          { reason: 'unknown-field', feature: null, requests: 1 },
        ],
      },
    });
  });

  it('count alone where none was answered', async () => {
    const { rows, requests } = await refusalsIn(refusalOf({ id: 'a' }), refusalOf({ id: 'b' }));
    expect([rows, requests.total, requests.refused]).toEqual([0, 2, 2]);
  });

  it('count once when delivered twice, in any layout, and not of our own, of other versions or other times', async () => {
    const own = refusalOf({ id: 'a' });
    const respelled = JSON.stringify(JSON.parse(own), null, 1).replaceAll('\n', '');
    const others = [
      refusalOf({ id: 'b', purpose: 'probe' }),
      refusalOf({ id: 'c', version: 2, sha256: OTHER_SHA256 }),
      refusalOf({ id: 'd', time: WINDOW.to }),
    ];
    expect(await refusalsIn(own, respelled, ...others)).toMatchObject({
      brokenLines: 0,
      otherVersions: [],
      requests: { total: 1, refused: 1 },
    });
  });

  it.each([
    ['torn', refusalOf({ id: 'a' }).slice(0, -9)],
    ['without a fault', refusalOf({ id: 'a' }).replace(/"faults":.*/, '"faults":[]}')],
    ['with a fault that is none', refusalOf({ id: 'a' }).replace('"missing-field"', '"Jane-Doe"')],
    ['of a prediction without offset', refusalOf({ id: 'a' }).replace('"refusal"', '"prediction"')],
  ])('are broken lines when %s, and hide no whole one', async (_, bad) => {
    expect(await refusalsIn(bad)).toMatchObject({ rows: 0, brokenLines: 1, requests: { total: 0, refused: 0 } });
    expect((await refusalsIn(bad, refusalOf({ id: 'a' }))).requests.refused).toBe(1);
  });

  it('tell no name that is no feature of the model', async () => {
    const text = refusalOf({ id: 'a' }).replace('"feature":"hb"', '"feature":"Jane Doe"');
    expect((await refusalsIn(text)).requests.faults).toEqual([{ reason: 'missing-field', feature: null, requests: 1 }]);
  });

  it('are captured by the writer, and take no label', async () => {
    const directory = await temporaryDirectory();
    const writer = openCaptureWriter({
      objects: createFileObjects(directory),
      newPart: () => 'part',
      say: () => undefined,
    });
    expect(writer.take(refusalOf({ id: 'a' }))).toBe(true);
    expect(writer.take(refusalOf({ id: 'b', purpose: 'smoke-test' }))).toBe(false);
    await writer.close();
    const source = createFileObjects(directory);
    expect((await readAll(source)).summary.requests.refused).toBe(1);

    const label = { type: 'feedback', id: 'a', row: 0, label: 1 };
    const labelled = memorySource({
      [`${HOUR}/part.jsonl`]: refusalOf({ id: 'a' }),
      [`${MODEL}/feedback/date=2026-01-02/part.jsonl`]: JSON.stringify(label),
    });
    const read = await readLabelled({ source: labelled, model: MODEL, sha256: SHA256, window: WINDOW });
    expect([read.known, read.unmatched, read.labels.length]).toEqual([1, 1, 0]);
  });
});
