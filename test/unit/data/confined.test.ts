import { existsSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Database, fileLiteral, literal, withDatabase } from '../../../src/data/duckdb.js';
import { makeDirectory } from '../../support/temp.js';

let root: string;
let source: string;
let directory: string;
let elsewhere: string;

beforeAll(async () => {
  root = await makeDirectory();
  directory = join(root, 'scratch');
  await mkdir(directory);
  source = join(root, 'a [1]*?.csv');
  elsewhere = join(root, 'other.csv');
  for (const path of [source, elsewhere]) await writeFile(path, 'x\n1\n');
});

afterAll(() => rm(root, { recursive: true, force: true }));

/** What becomes of one statement. */
const outcome = (sql: string): Promise<unknown> =>
  withDatabase({ source, directory, onFailure: () => new Error('refused') }, (database: Database) =>
    database.rows(sql),
  ).catch((error: unknown) => (error as Error).message);

const csv = (path: string) => `SELECT x::VARCHAR FROM read_csv(${fileLiteral(path)}, header = true)`;

describe('a database', () => {
  it('reads its source, whatever signs are in its name', async () => {
    expect(await outcome(csv(source))).toEqual([['1']]);
  });

  it('writes into its folder', async () => {
    expect(await outcome(`COPY (SELECT 1) TO ${literal(join(directory, 'kept.csv'))}`)).not.toBe('refused');
    expect(existsSync(join(directory, 'kept.csv'))).toBe(true);
  });

  it('reads and writes nothing else, attaches and loads nothing, and keeps its settings', async () => {
    const loot = join(elsewhere, '..', 'loot.csv');
    const asked = [
      csv(elsewhere),
      csv(join(directory, '..', 'other.csv')),
      `SELECT * FROM read_text(${literal(elsewhere)})`,
      `SELECT * FROM glob(${literal(join(directory, '..', '*'))})`,
      `SELECT * FROM ${literal(elsewhere)}`,
      `COPY (SELECT 1) TO ${literal(loot)}`,
      `ATTACH ${literal(join(directory, '..', 'loot.db'))}`,
      'INSTALL httpfs',
      'LOAD httpfs',
      'SET enable_external_access = true',
      "SET allowed_directories = ['/']",
      "SET allowed_configs = ['memory_limit']",
      "SET memory_limit = '1GB'",
      "SET temp_directory = '/tmp'",
    ];
    for (const sql of asked) expect([sql, await outcome(sql)]).toEqual([sql, 'refused']);
    expect(existsSync(loot)).toBe(false);
    expect(await outcome('SET threads = 1')).not.toBe('refused'); // ingest writes by one thread
  });

  it('takes one statement at a time', async () => {
    const file = join(directory, 'second.csv');
    expect(await outcome(`SELECT 1; COPY (SELECT 1) TO ${literal(file)}`)).toBe('refused');
    expect(existsSync(file)).toBe(false);
  });
});
