import type { Definition } from '../contracts/definition.js';
import type { PipelineFailure } from '../contracts/failures.js';
import type { Rejects } from '../contracts/results.js';
import { percentOf } from '../contracts/text.js';
import { broken, type Remedies } from './broken.js';
import type { Database } from './duckdb.js';
import { decodeFault } from './ingest-sql.js';
import type { LoadedRows } from './ingest-source.js';
import { LINES_SHOWN } from './tally.js';

/** Lines a message names for each reason. */
const LINES_IN_MESSAGE = 5;

/** Rejected rows by reason and column: ragged rows first, then in column order. */
export async function collectRejects(
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
export interface RowWords {
  place: string;
  /** What the numbers of rows count: lines of a text, rows of a table. */
  unit: 'line' | 'row';
  remedies: Remedies;
  /** How it was read, where that is not the plain way. */
  reading: readonly string[];
}

/** The rest of a sentence that begins with the file. */
export const describeReading = (reading: readonly string[]): string =>
  `was read ${reading.join(', ')}; if that is wrong, set dataset.dialect or mend the file`;

interface Counts {
  rowsRead: number;
  rejected: number;
  rejects: readonly Rejects[];
}

/** Whether no larger share of the rows was rejected than the definition allows, and not all of them. */
export const isWithin = ({ rowsRead, rejected }: Counts, limit: number): boolean =>
  rejected < rowsRead && rejected <= limit * rowsRead;

/** What is wrong with a table of which too many rows were rejected. */
export function refusedRows(
  counts: Counts,
  limit: number,
  { place, unit, remedies, reading }: RowWords,
): PipelineFailure {
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
  return broken(place, [`${share}, ${bound}: ${found}`, ...read, ...hints, remedy].join('; '));
}

/** Remedies that hold for any file. */
export function remediesOf({ target }: Pick<Definition, 'target'>): Remedies {
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
