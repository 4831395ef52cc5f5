import { readdir, readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { describe, expect, it, vi } from 'vitest';
import { sampleCsv } from '../../../scripts/sample-table.js';
import { anemiaDefinition, dataset, ingest, temporaryFolder } from './fixtures.js';

vi.mock('node:os', async (original) => ({ ...(await original<object>()), availableParallelism: vi.fn(() => 2) }));

const definition = { ...anemiaDefinition(), dataset: dataset({ maxRejectedShare: 1 }) };

/** The sample generator's rows, every 1000th with an unknown label. */
const table = (rows: number) =>
  sampleCsv(rows, 5)
    .split('\n')
    .map((line, index) => (index % 1000 === 7 ? line.replace(/(Yes|No)/, '?') : line))
    .join('\n');

describe('ingestTable of the same input', () => {
  it.each([2_000, 1_000_000])(
    'gives the same bytes in source order, with %d rows and any number of processors',
    async (rows) => {
      const folder = await temporaryFolder();
      const csv = table(rows);
      let bytes: Buffer | null = null;
      for (const processors of [1, 2, 4, 2]) {
        vi.mocked(availableParallelism).mockReturnValue(processors);
        const { counts, table: read, outputPath } = await ingest(csv, { folder, definition });
        const written = await readFile(outputPath);
        bytes ??= written;
        expect(bytes.equals(written)).toBe(true);
        expect(counts).toMatchObject({ rowsRead: rows, rows: rows - rows / 1000 });
        const reds = csv.split('\n').filter((line) => /,(Yes|No)/.test(line));
        for (const row of [0, 1, Math.floor(rows / 3), reds.length - 1]) {
          expect(read.columns[0]![row]).toBe(Number(reds[row]!.split(',')[2]));
        }
      }
      expect(await readdir(folder)).toEqual(['out.parquet', 'table.csv']);
    },
  );
});
