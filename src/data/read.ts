import { PipelineFailure } from '../contracts/failures.js';
import type { FieldValue } from '../contracts/learner.js';
import type { Table } from '../ml/table.js';
import { storedField, storedNumber } from './columns.js';
import { type Database, fileLiteral, identifier, withDatabase } from './duckdb.js';

/** Runs queries on a data set that ingest wrote; `from` is the table function that reads it. */
function withDataSet<T>(
  parquetPath: string,
  featureNames: readonly string[],
  signal: AbortSignal | undefined,
  work: (database: Database, from: string) => Promise<T>,
): Promise<T> {
  const onFailure = () =>
    new PipelineFailure(
      'ArtifactCorrupt',
      `The stored data set cannot be read with the features ${featureNames.join(', ')}; run ingest again.`,
    );
  return withDatabase({ source: parquetPath, directory: `${parquetPath}.spill`, onFailure, signal }, (database) =>
    work(database, `read_parquet(${fileLiteral(parquetPath)}, hive_partitioning = false)`),
  );
}

/**
 * Reads features and labels of a data set that ingest wrote.
 * @param featureNames Which features, in which order.
 * @returns Column-major numbers, NaN where missing; the rows in the order of the file.
 * @throws ArtifactCorrupt when the file is not such a data set or lacks a feature.
 */
export async function readTable(
  parquetPath: string,
  featureNames: readonly string[],
  signal?: AbortSignal,
): Promise<Table> {
  return withDataSet(parquetPath, featureNames, signal, async (database, from) => {
    const [[rows]] = (await database.rows(`SELECT count(*)::DOUBLE FROM ${from}`)) as [[number]];
    const columns = featureNames.map(() => new Float64Array(rows));
    const labels = new Uint8Array(rows);
    const numbers = featureNames.map(storedNumber);
    const targets = [...columns, labels];
    let done = 0;
    await database.eachChunk(`SELECT ${[...numbers, 'label::UTINYINT'].join(', ')} FROM ${from}`, (vectors, count) => {
      vectors.forEach((vector, index) => {
        const target = targets[index]!;
        for (let row = 0; row < count; row++) target[done + row] = vector.getItem(row) ?? NaN;
      });
      done += count;
    });
    return { columns, labels };
  });
}

/** No feature can have this name. */
const ROW = identifier('#row');

/**
 * Evenly spaced rows of a data set that ingest wrote, the same ones every time.
 * @param count how many at most
 * @returns fields in the order of `featureNames`, `null` where missing
 * @throws ArtifactCorrupt when the file is not such a data set or lacks a feature
 */
export function sampleRows(
  parquetPath: string,
  featureNames: readonly string[],
  count: number,
  signal?: AbortSignal,
): Promise<FieldValue[][]> {
  return withDataSet(parquetPath, featureNames, signal, async (database, from) => {
    const [[total]] = (await database.rows(`SELECT count(*)::DOUBLE FROM ${from}`)) as [[number]];
    const spaced = `(${ROW} * ${count}) % ${Math.max(1, total)} < ${count}`;
    const numbers = featureNames.map(storedField).join(', ');
    const numbered = `SELECT *, row_number() OVER () - 1 AS ${ROW} FROM ${from}`;
    const rows = await database.rows(`SELECT ${numbers} FROM (${numbered}) WHERE ${spaced} ORDER BY ${ROW}`);
    return (rows as FieldValue[][]).slice(0, count);
  });
}
