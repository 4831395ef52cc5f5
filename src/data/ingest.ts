import { mkdtemp, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Definition } from '../contracts/definition.js';
import type { IngestResult, Warning } from '../contracts/results.js';
import { broken } from './broken.js';
import { literal, withDatabase, type Database } from './duckdb.js';
import { keptRows } from './ingest-sql.js';
import { loadSource, type LoadedRows } from './ingest-source.js';
import { collectRejects, describeReading, isWithin, refusedRows, remediesOf } from './rejects.js';
import { placeOf, type Source } from './source.js';

/** Blank rows beyond this share of the others are told. */
const MANY_BLANK_SHARE = 0.01;

export interface IngestOptions {
  source: Source;
  definition: Pick<Definition, 'dataset' | 'columns' | 'target'>;
  /** Parquet file to write; its folder also takes temporary files while this runs. */
  outputPath: string;
  signal?: AbortSignal;
}

/** How many rows there were and what became of them: `rowsRead = rows + rejected`, blank rows apart. */
export type IngestCounts = Omit<IngestResult, 'uri' | 'sourceSha256' | 'dataset'>;

/**
 * Reads the allow-listed columns of a table, types them, rejects what breaks the definition and writes the rest, in
 * source order, as Parquet: features in definition order as DOUBLE (NULL where missing), then `label` as UTINYINT.
 * The same input gives the same bytes. Nothing is written unless all went well.
 * @throws DataContract naming file, line, column and reason, never a value.
 */
export async function ingestTable(options: IngestOptions): Promise<IngestCounts> {
  const { source, definition, outputPath, signal } = options;
  const place = placeOf(source);
  const directory = await mkdtemp(join(dirname(outputPath), '.ingest-'));
  try {
    return await withDatabase(
      { source: source.path, directory, signal, onFailure: () => unreadable(source, place) },
      async (database) => {
        const loaded = await loadSource(database, { source, definition, directory, signal });
        const counts = await count(database, loaded, definition, place);
        if (counts.rowsRead === 0) throw broken(place, 'has no rows; add at least one row');
        const limit = definition.dataset.maxRejectedShare;
        if (!isWithin(counts, limit)) {
          const remedies = { ...remediesOf(definition), ...(await loaded.hints()), ...loaded.remedies };
          throw refusedRows(counts, limit, { ...loaded, place, remedies });
        }
        const partial = join(directory, 'kept.parquet');
        await writeParquet(database, keptRows(definition.columns), partial);
        await rename(partial, outputPath);
        return counts;
      },
    );
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function count(
  database: Database,
  loaded: LoadedRows,
  definition: IngestOptions['definition'],
  place: string,
): Promise<IngestCounts> {
  const [[rows, positives]] = (await database.rows(
    'SELECT count(*)::DOUBLE, coalesce(sum(label), 0)::DOUBLE FROM typed WHERE fault = 0',
  )) as [[number, number]];
  const rejects = await collectRejects(database, loaded, definition);
  const rejected = rejects.reduce((sum, reject) => sum + reject.rows, 0);
  const rowsRead = rows + rejected;
  const { unit, blank } = loaded;
  return { rowsRead, rows, positives, rejected, rejects, unit, blank, warnings: warningsOf(loaded, rowsRead, place) };
}

/** Says what the reader of a plain file would not expect. */
function warningsOf({ reading, blank }: LoadedRows, rowsRead: number, place: string): Warning[] {
  const warnings: Warning[] = [];
  if (reading.length > 0) warnings.push({ code: 'read-as', message: `${place} ${describeReading(reading)}.` });
  if (blank > MANY_BLANK_SHARE * rowsRead)
    warnings.push({ code: 'blank-rows', message: `${place} has ${blank} blank rows beside ${rowsRead} others.` });
  return warnings;
}

/** One thread: where row groups end would otherwise depend on the machine. */
async function writeParquet(database: Database, query: string, path: string): Promise<void> {
  await database.run('SET threads = 1');
  await database.run(`COPY (${query}) TO ${literal(path)} (FORMAT parquet, COMPRESSION snappy)`);
}

function unreadable(source: Source, place: string): Error {
  return source.format === 'parquet'
    ? broken(place, 'cannot be read as Parquet; it is damaged or of another format, so export it again')
    : broken(place, 'cannot be read as CSV; export it again as CSV UTF-8');
}
