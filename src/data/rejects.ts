import type { Definition } from '../contracts/definition.js';
import type { Rejects } from '../contracts/results.js';
import { broken } from './broken.js';
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

/** @throws DataContract when a larger share of the rows was rejected than the definition allows, or all of them. */
export function checkRejected(
  counts: { rowsRead: number; rejects: readonly Rejects[] },
  limit: number,
  place: string,
): void {
  const { rowsRead, rejects } = counts;
  const rejected = rejects.reduce((sum, { rows }) => sum + rows, 0);
  if (rejected < rowsRead && rejected <= limit * rowsRead) return;
  const share = `${rejected} of ${rowsRead} rows (${percent(rejected / rowsRead)}) were rejected`;
  const bound =
    rejected <= limit * rowsRead
      ? 'so that none is left'
      : `more than the ${percent(limit)} of dataset.maxRejectedShare`;
  throw broken(place, `${share}, ${bound}: ${rejects.map(describe).join('; ')}; mend these lines or raise the limit`);
}

function describe({ reason, column, rows, lines }: Rejects): string {
  const shown = lines.slice(0, LINES_IN_MESSAGE).join(', ');
  const where = `${lines.length === 1 ? 'line' : 'lines'} ${shown}${rows > LINES_IN_MESSAGE ? ', ...' : ''}`;
  return `${rows} ${reason}${column === null ? '' : ` in '${column}'`} (${where})`;
}

const percent = (share: number): string => `${Number((100 * share).toFixed(2))} %`;
