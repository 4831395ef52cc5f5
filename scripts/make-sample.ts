import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Command, InvalidArgumentError } from 'commander';
import { SAMPLE_ROWS, SAMPLE_SEED, sampleLines } from './sample-table.js';

/** Lines joined before they are written: one write a line would take most of the time. */
const LINES_PER_WRITE = 10_000;

function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0) throw new InvalidArgumentError('a whole number from 0 is needed.');
  return value;
}

function* batches(lines: Iterable<string>): Generator<string, void, undefined> {
  let batch: string[] = [];
  for (const line of lines) {
    if (batch.push(line) < LINES_PER_WRITE) continue;
    yield batch.join('');
    batch = [];
  }
  yield batch.join('');
}

const options = new Command('make-sample')
  .description('Writes a made-up table in the shape of the published anemia data.')
  .option('--rows <n>', 'number of rows', wholeNumber, SAMPLE_ROWS)
  .option('--seed <n>', 'the same seed gives the same rows', wholeNumber, SAMPLE_SEED)
  .option('--out <file>', 'file to write', 'data/anemia-sample.csv')
  .parse()
  .opts<{ rows: number; seed: number; out: string }>();

const path = resolve(options.out);
await mkdir(dirname(path), { recursive: true });
await pipeline(Readable.from(batches(sampleLines(options.rows, options.seed))), createWriteStream(path));
console.log(`${path}: ${options.rows} made-up rows, seed ${options.seed}`);
