import { mkdtemp, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Definition } from '../contracts/definition.js';
import type { PipelineFailure } from '../contracts/failures.js';
import type { IngestResult, Rejects } from '../contracts/results.js';
import type { Warning } from '../contracts/values.js';
import { percentOf } from '../contracts/text.js';
import { dataFault, type Remedies, LINES_SHOWN } from './data-fault.js';
import { literal, withDatabase, type Database } from './duckdb.js';
import { loadSource, type LoadedRows } from './ingest-source.js';
import { placeOf, type Source } from './source.js';
import { keptRows, decodeFault } from './typed-rows.js';

/** Blank rows beyond this share of the others are told. */
const MANY_BLANK_SHARE = 0.01;

/** The source, what is wanted of it, and where it is written. */
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
        if (counts.rowsRead === 0) throw dataFault(place, 'has no rows; add at least one row');
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
    ? dataFault(place, 'cannot be read as Parquet; it is damaged or of another format, so export it again')
    : dataFault(place, 'cannot be read as CSV; export it again as CSV UTF-8');
}

/** Lines a message names for each reason. */
const LINES_IN_MESSAGE = 5;

/** Rejected rows by reason and column: ragged rows first, then in column order. */
async function collectRejects(
  database: Database,
  loaded: LoadedRows,
  definition: Pick<Definition, 'columns' | 'target'>,
): Promise<Rejects[]> {
  const found = (await database.rows(
    `SELECT fault, count(*)::DOUBLE, min(rowid, ${LINES_SHOWN})::DOUBLE[] FROM typed WHERE fault > 0 GROUP BY fault ORDER BY fault`,
  )) as [fault: number, rows: number, rowids: number[]][];
  const headers = [...definition.columns.map((column) => column.source), definition.target.source];
  const cells = found.map(([fault, rows, rowids]): Rejects => {
    const { column, reason } = decodeFault(fault);
    return { reason, column: headers[column]!, rows, lines: rowids.map(loaded.lineOf) };
  });
  const { ragged } = loaded;
  if (ragged.rows === 0) return cells;
  return [{ reason: 'ragged', column: null, rows: ragged.rows, lines: ragged.lines }, ...cells];
}

/** How to speak of the rows of a source. */
interface RowWords {
  place: string;
  /** What the numbers of rows count: lines of a text, rows of a table. */
  unit: 'line' | 'row';
  remedies: Remedies;
  /** How it was read, where that is not the plain way. */
  reading: readonly string[];
}

/** The rest of a sentence that begins with the file. */
const describeReading = (reading: readonly string[]): string =>
  `was read ${reading.join(', ')}; if that is wrong, set dataset.dialect or mend the file`;

interface Counts {
  rowsRead: number;
  rejected: number;
  rejects: readonly Rejects[];
}

/** Whether no larger share of the rows was rejected than the definition allows, and not all of them. */
const isWithin = ({ rowsRead, rejected }: Counts, limit: number): boolean =>
  rejected < rowsRead && rejected <= limit * rowsRead;

/** What is wrong with a table of which too many rows were rejected. */
function refusedRows(counts: Counts, limit: number, { place, unit, remedies, reading }: RowWords): PipelineFailure {
  const { rowsRead, rejected, rejects } = counts;
  const share = `${rejected} of ${rowsRead} rows (${percent(rejected / rowsRead)}) were rejected`;
  const bound =
    rejected <= limit * rowsRead
      ? 'so that none is left'
      : `more than the ${percent(limit)} of dataset.maxRejectedShare`;
  const hints = [...new Set(rejects.map(({ reason }) => reason))].flatMap((reason) => remedies[reason] ?? []);
  const found = rejects.map((reject) => describe(reject, unit)).join('; ');
  const read = reading.length > 0 ? [`it ${describeReading(reading)}`] : [];
  const remedy = `mend these ${unit}s or raise the limit`;
  return dataFault(place, [`${share}, ${bound}: ${found}`, ...read, ...hints, remedy].join('; '));
}

/** Remedies that hold for any file. */
function remediesOf({ target }: Pick<Definition, 'target'>): Remedies {
  return {
    missing: 'a column with "impute" in the definition has its missing values filled',
    'not-finite': 'an infinity is no measurement: write a number, or leave the cell empty',
    'out-of-range': 'what a column may hold is its "range" in the definition, in the unit of the file',
    'not-a-number': 'words that stand for a missing value can be listed in dataset.missing',
    'unknown-label': `target.labels knows ${Object.keys(target.labels).join(', ')}`,
    'invalid-encoding': 'the encoding of the file can be named in dataset.dialect.encoding',
  };
}

function describe({ reason, column, rows, lines }: Rejects, unit: string): string {
  const shown = lines.slice(0, LINES_IN_MESSAGE).join(', ');
  const where = `${lines.length === 1 ? unit : `${unit}s`} ${shown}${rows > LINES_IN_MESSAGE ? ', ...' : ''}`;
  return `${rows} ${reason}${column === null ? '' : ` in '${column}'`} (${where})`;
}

const percent = (share: number): string => `${percentOf(share, 2)} %`;
