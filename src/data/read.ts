import { PipelineFailure } from '../contracts/failures.js';
import type { Table } from '../ml/table.js';
import { fileLiteral, identifier, withDatabase } from './duckdb.js';

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
  const onFailure = () =>
    new PipelineFailure(
      'ArtifactCorrupt',
      `The stored data set cannot be read with the features ${featureNames.join(', ')}; run ingest again.`,
    );
  return withDatabase(
    { source: parquetPath, directory: `${parquetPath}.spill`, onFailure, signal },
    async (database) => {
      const from = `read_parquet(${fileLiteral(parquetPath)}, hive_partitioning = false)`;
      const [[rows]] = (await database.rows(`SELECT count(*)::DOUBLE FROM ${from}`)) as [[number]];
      const columns = featureNames.map(() => new Float64Array(rows));
      const labels = new Uint8Array(rows);
      const numbers = featureNames.map((name) => `coalesce(${identifier(name)}::DOUBLE, 'nan'::DOUBLE)`);
      const targets = [...columns, labels];
      let done = 0;
      await database.eachChunk(
        `SELECT ${[...numbers, 'label::UTINYINT'].join(', ')} FROM ${from}`,
        (vectors, count) => {
          vectors.forEach((vector, index) => {
            const target = targets[index]!;
            for (let row = 0; row < count; row++) target[done + row] = vector.getItem(row) ?? NaN;
          });
          done += count;
        },
      );
      return { columns, labels };
    },
  );
}
