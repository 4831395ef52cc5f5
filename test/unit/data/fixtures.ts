import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { onTestFinished } from 'vitest';
import type { ColumnDefinition, Definition } from '../../../src/contracts/definition.js';
import { ingestTable, type IngestCounts } from '../../../src/data/ingest.js';
import { readTable } from '../../../src/data/read.js';
import { fetchSource } from '../../../src/data/source.js';
import type { Table } from '../../../src/ml/table.js';

export type IngestDefinition = Pick<Definition, 'dataset' | 'columns' | 'target'>;

/** A folder that is gone after the test. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'data-test-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** The rules of a source file, as a definition has them that says nothing of it. */
export const dataset = (changes: Partial<Definition['dataset']> = {}): Definition['dataset'] => ({
  uri: '/unused.csv',
  maxRejectedShare: 1,
  missing: [],
  dialect: { separator: 'auto', decimal: 'auto', encoding: 'auto' },
  ...changes,
});

export function column(source: string, name: string, changes: Partial<ColumnDefinition> = {}): ColumnDefinition {
  return { source, name, unit: '', range: [0, 100], impute: 'none', ...changes };
}

/** Columns A and B in [0, 100], target T with yes and no; rejects never fail the run. */
export function definition(changes: Partial<IngestDefinition> = {}): IngestDefinition {
  return {
    dataset: dataset(),
    columns: [column('A', 'a'), column('B', 'b')],
    target: { source: 'T', labels: { yes: 1, no: 0 }, positive: 'yes', negative: 'no' },
    ...changes,
  };
}

/** The definition of the anemia data. */
export function anemiaDefinition(): IngestDefinition {
  return {
    dataset: dataset({ maxRejectedShare: 0 }),
    columns: [
      column('%Red Pixel', 'r'),
      column('%Green pixel', 'g'),
      column('%Blue pixel', 'b'),
      column('Hb', 'hb', { range: [1, 25] }),
    ],
    target: { source: 'Anaemic', labels: { Yes: 1, No: 0 }, positive: 'anaemic', negative: 'not anaemic' },
  };
}

export interface Ingested {
  counts: IngestCounts;
  table: Table;
  outputPath: string;
}

/** Writes `content` to a file, ingests it and reads the result back. */
export async function ingest(
  content: string | Uint8Array,
  options: { definition?: IngestDefinition; name?: string; folder?: string } = {},
): Promise<Ingested> {
  const folder = options.folder ?? (await temporaryFolder());
  const path = join(folder, options.name ?? 'table.csv');
  await writeFile(path, content);
  return ingestFile(path, options.definition ?? definition(), folder);
}

export async function ingestFile(path: string, rules: IngestDefinition, folder: string): Promise<Ingested> {
  const source = await fetchSource(path, folder);
  const outputPath = join(folder, 'out.parquet');
  const counts = await ingestTable({ source, definition: rules, outputPath });
  const names = rules.columns.map(({ name }) => name);
  return { counts, table: await readTable(outputPath, names), outputPath };
}

/** Writes a query's rows as Parquet. */
export async function parquet(query: string, folder: string): Promise<string> {
  const path = join(folder, 'table.parquet');
  await rm(path, { force: true });
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  await connection.run(`COPY (${query}) TO '${path}' (FORMAT parquet)`);
  connection.closeSync();
  instance.closeSync();
  return path;
}

/** One feature `A`, and a target `T` of these labels. */
export const labelled = (labels: Record<string, 0 | 1>): IngestDefinition =>
  definition({ columns: [column('A', 'a')], target: { source: 'T', labels, positive: 'p', negative: 'n' } });
