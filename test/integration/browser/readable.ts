import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { DuckDBInstance } from '@duckdb/node-api';
import { unzipSync } from 'fflate';
import { temporaryDirectory } from '../../support/temp.js';

const startsWith = (bytes: Uint8Array, magic: string) =>
  Buffer.from(bytes.subarray(0, magic.length)).toString('latin1') === magic;

/** What can be read in bytes of any kind: zips and gzip are unpacked, the cells of Parquet are told. */
export async function readable(bytes: Uint8Array): Promise<string> {
  if (startsWith(bytes, '\x1f\x8b')) return readable(gunzipSync(bytes));
  if (startsWith(bytes, 'PK\x03\x04')) {
    const files = await Promise.all(
      Object.entries(unzipSync(bytes)).map(([name, file]) => readable(file).then((text) => name + text)),
    );
    return files.join('\n');
  }
  if (startsWith(bytes, 'PAR1')) return cellsOf(bytes);
  return Buffer.from(bytes).toString('latin1');
}

async function cellsOf(parquet: Uint8Array): Promise<string> {
  const path = join(await temporaryDirectory(), 'table.parquet');
  await writeFile(path, parquet);
  const instance = await DuckDBInstance.create();
  const connection = await instance.connect();
  const rows = await connection.runAndReadAll(`SELECT * FROM read_parquet('${path}')`);
  const text = JSON.stringify(rows.getRowObjectsJson());
  connection.closeSync();
  return text;
}

export const readableFile = async (path: string): Promise<string> => readable(await readFile(path));
