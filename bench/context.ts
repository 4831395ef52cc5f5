import { join } from 'node:path';
import type { CandidateKind } from '../src/ml/learners/index.js';
import { SAMPLE_ROWS } from '../scripts/sample-table.js';
import { reportOf, runScript } from './measure.js';
import type { Row } from './row.js';

/** A measurement by name. It gives its rows in the order they are shown. */
export interface Bench {
  name: string;
  run: (context: Context) => Promise<Row[]>;
}

/** A Lambda zip that was built for a bench. */
export interface BuiltZip {
  path: string;
  bytes: number;
}

/** What benches share: where to put files, and things that are made once a run, each by a process of its own. */
export interface Context {
  /** Every time is the median of so many. */
  repeats: number;
  /** Removed at the end. */
  directory: string;
  /** A made-up CSV table; 104 rows are the sample of the repository. */
  table: (rows: number, seed?: number) => Promise<string>;
  /** The same as ingest writes it, colour columns only. */
  colours: (rows: number, seed?: number) => Promise<string>;
  /** What the pipeline deploys for a candidate with default options, learned from that many rows. */
  zip: (kind: CandidateKind, rows: number) => Promise<BuiltZip>;
}

export const MILLION = 1_000_000;

/** Of made-up tables, unless another is asked for. */
const SEED = 1;

export function createContext(directory: string, repeats: number): Context {
  const table = once((rows: number, seed: number) => {
    if (rows === SAMPLE_ROWS) return Promise.resolve(join('data', 'anemia-sample.csv'));
    const path = join(directory, `table-${rows}-${seed}.csv`);
    const options = ['--rows', String(rows), '--seed', String(seed), '--out', path];
    return runScript('scripts/make-sample.ts', options).then(() => path);
  });
  const colours = once(async (rows: number, seed: number) => {
    const path = join(directory, `colours-${rows}-${seed}.parquet`);
    await runScript('bench/processes/ingest.ts', [await table(rows, seed), path]);
    return path;
  });
  const zip = once(async (kind: CandidateKind, rows: number) => {
    const path = join(directory, `${kind}-${rows}.zip`);
    const home = join(directory, `home-${kind}-${rows}`);
    const run = await runScript('bench/processes/build-zip.ts', [await table(rows, SEED), kind, home, path]);
    return { path, ...(reportOf(run) as { bytes: number }) };
  });
  return {
    directory,
    repeats,
    table: (rows, seed = SEED) => table(rows, seed),
    colours: (rows, seed = SEED) => colours(rows, seed),
    zip,
  };
}

/** Does the work once for the same arguments; later callers get what the first one made. */
function once<A extends unknown[], T>(make: (...args: A) => Promise<T>): (...args: A) => Promise<T> {
  const made = new Map<string, Promise<T>>();
  return (...args) => {
    const key = JSON.stringify(args);
    const known = made.get(key) ?? make(...args);
    made.set(key, known);
    return known;
  };
}
