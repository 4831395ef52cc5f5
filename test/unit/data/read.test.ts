import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { readTable } from '../../../src/data/read.js';
import { definition, column, ingest, temporaryFolder } from './fixtures.js';

const CSV = 'A,B,T\n1,2,yes\n3,,no\n5,6,yes\n';
const RULES = definition({ columns: [column('A', 'a'), column('B', `b"'`, { impute: 'mean' })] });

describe('readTable', () => {
  it('reads the features that are asked for, in that order', async () => {
    const { outputPath } = await ingest(CSV, { definition: RULES });
    expect(await readTable(outputPath, [`b"'`, 'a'])).toEqual({
      columns: [Float64Array.of(2, NaN, 6), Float64Array.of(1, 3, 5)],
      labels: Uint8Array.of(1, 0, 1),
    });
  });

  it('works in a worker thread', async () => {
    const { outputPath } = await ingest(CSV, { definition: RULES });
    const code = `
      const { parentPort, workerData } = require('node:worker_threads');
      import('tsx/esm/api')
        .then(({ register }) => register())
        .then(() => import(workerData.module))
        .then(({ readTable }) => readTable(workerData.path, ['a']))
        .then((table) => parentPort.postMessage(table));`;
    const module = new URL('../../../src/data/read.ts', import.meta.url).href;
    const worker = new Worker(code, { eval: true, workerData: { module, path: outputPath } });
    const table = await new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject));
    await worker.terminate();
    expect(table).toEqual({ columns: [Float64Array.of(1, 3, 5)], labels: Uint8Array.of(1, 0, 1) });
  });

  it('says so when the file or a feature is not there, or the file is damaged', async () => {
    const folder = await temporaryFolder();
    const { outputPath } = await ingest(CSV, { definition: RULES, folder });
    const corrupt = expect.objectContaining({ type: 'ArtifactCorrupt' }) as Error;
    await expect(readTable(outputPath, ['c'])).rejects.toThrow(corrupt);
    await expect(readTable(join(folder, 'none.parquet'), ['a'])).rejects.toThrow(corrupt);
    await writeFile(outputPath, 'PAR1');
    await expect(readTable(outputPath, ['a'])).rejects.toThrow(corrupt);
  });
});
