import { PipelineFailure } from '../contracts/failures.js';
import { fileLiteral, identifier, withDatabase } from './duckdb.js';

/** No feature can have this name. */
const ROW = identifier('#row');

/**
 * Evenly spaced rows of a data set that ingest wrote, the same ones every time.
 * @param count how many at most
 * @returns rows of numbers in the order of `featureNames`, `null` where missing
 * @throws ArtifactCorrupt when the file is not such a data set or lacks a feature
 */
export function sampleRows(
  parquetPath: string,
  featureNames: readonly string[],
  count: number,
  signal?: AbortSignal,
): Promise<(number | null)[][]> {
  const onFailure = () =>
    new PipelineFailure(
      'ArtifactCorrupt',
      `The stored data set cannot be read with the features ${featureNames.join(', ')}; run ingest again.`,
    );
  return withDatabase(
    { source: parquetPath, directory: `${parquetPath}.spill`, onFailure, signal },
    async (database) => {
      const from = `read_parquet(${fileLiteral(parquetPath)}, hive_partitioning = false)`;
      const [[total]] = (await database.rows(`SELECT count(*)::DOUBLE FROM ${from}`)) as [[number]];
      const spaced = `(${ROW} * ${count}) % ${Math.max(1, total)} < ${count}`;
      const numbers = featureNames.map((name) => `${identifier(name)}::DOUBLE`).join(', ');
      const numbered = `SELECT *, row_number() OVER () - 1 AS ${ROW} FROM ${from}`;
      const rows = await database.rows(`SELECT ${numbers} FROM (${numbered}) WHERE ${spaced} ORDER BY ${ROW}`);
      return (rows as (number | null)[][]).slice(0, count);
    },
  );
}
