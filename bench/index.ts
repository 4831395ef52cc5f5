import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { BENCHES } from './benches/index.js';
import { createContext } from './context.js';
import { thisMachine } from './machine.js';
import { ROOT } from './measure.js';
import { measuredOn, PAGE, withResults } from './page.js';
import { ratioOf, type Row, verdictOf } from './row.js';
import { tableOf } from './table.js';

const NAMES = BENCHES.map(({ name }) => name).join(', ');

const program = new Command('bench')
  .description(`Measures time, memory and size against budgets and peers: ${NAMES}.`)
  .argument('[names...]', 'which benches, all without a name')
  .option('--repeats <n>', 'every time is the median of so many', positive, 3)
  .option('--json <file>', 'where the results go as JSON', join(ROOT, '.local', 'bench.json'))
  .option('--write', `put the results of these benches into ${PAGE}, in place of their former ones`)
  .parse();
const { repeats, json, write } = program.opts<{ repeats: number; json: string; write?: true }>();

const unknown = program.args.find((name) => !BENCHES.some((bench) => bench.name === name));
if (unknown !== undefined) program.error(`There is no bench named ${unknown}; there are ${NAMES}.`);
const chosen = BENCHES.filter(({ name }) => program.args.length === 0 || program.args.includes(name));

const machine = thisMachine(repeats);
const rows: Row[] = [];
const failed: string[] = [];
const directory = await mkdtemp(join(tmpdir(), 'bench-'));
try {
  const context = createContext(directory, repeats);
  for (const bench of chosen) {
    process.stderr.write(`${bench.name} ...\n`);
    try {
      rows.push(...(await bench.run(context)));
    } catch (error) {
      failed.push(`${bench.name} could not be measured: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
} finally {
  await rm(directory, { recursive: true, force: true });
}

console.log(tableOf(rows));
console.log(measuredOn(machine));
for (const line of failed) console.error(line);
if (failed.length > 0) process.exitCode = 1;

const path = resolve(json);
await mkdir(dirname(path), { recursive: true });
const results = rows.map((row) => ({ ...row, ratio: ratioOf(row), verdict: verdictOf(row) }));
await writeFile(path, `${JSON.stringify({ machine, results, failed }, null, 2)}\n`);

if (write === true) {
  const page = join(ROOT, PAGE);
  await writeFile(page, withResults(await readFile(page, 'utf8'), rows, machine));
}

function positive(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1) throw new InvalidArgumentError('a whole number from 1 is needed.');
  return value;
}
