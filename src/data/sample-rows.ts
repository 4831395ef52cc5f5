import { dirname } from 'node:path';
import { PipelineFailure } from '../contracts/failures.js';
import { fileLiteral, identifier, withDatabase } from './duckdb.js';

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
  return withDatabase({ directory: dirname(parquetPath), onFailure, signal }, async (database) => {
    const from = `read_parquet(${fileLiteral(parquetPath)}, hive_partitioning = false, file_row_number = true)`;
    const [[total]] = (await database.rows(`SELECT count(*)::DOUBLE FROM ${from}`)) as [[number]];
    const spaced = `(file_row_number * ${count}) % ${Math.max(1, total)} < ${count}`;
    const numbers = featureNames.map((name) => `${identifier(name)}::DOUBLE`).join(', ');
    const rows = await database.rows(`SELECT ${numbers} FROM ${from} WHERE ${spaced} ORDER BY file_row_number`);
    return (rows as (number | null)[][]).slice(0, count);
  });
}
