import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, cpus, loadavg, tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { cli } from './benches/cli.js';
import { coldStart } from './benches/cold-start.js';
import { falseAlarms } from './benches/false-alarms.js';
import { driftCheck } from './benches/drift-check.js';
import { boosting, cart, forest, svm } from './benches/learners.js';
import { localEndpoint } from './benches/local-endpoint.js';
import { lostPerformance } from './benches/lost-performance.js';
import { millionRows } from './benches/million-rows.js';
import { pipelineWarm } from './benches/pipeline-warm.js';
import { prepare } from './benches/prepare.js';
import { zipSize } from './benches/zip-size.js';
import { createContext } from './context.js';
import { ROOT } from './measure.js';
import { ratioOf, type Row, verdictOf } from './row.js';
import { tableOf } from './table.js';

const BENCHES = [
  cli,
  pipelineWarm,
  zipSize,
  coldStart,
  localEndpoint,
  millionRows,
  prepare,
  cart,
  forest,
  boosting,
  svm,
  driftCheck,
  falseAlarms,
  lostPerformance,
];
const NAMES = BENCHES.map(({ name }) => name).join(', ');

const program = new Command('bench')
  .description(`Measures time, memory and size against budgets and peers: ${NAMES}.`)
  .argument('[names...]', 'which benches, all without a name')
  .option('--repeats <n>', 'every time is the median of so many', positive, 3)
  .option('--json <file>', 'where the results go as JSON', join(ROOT, '.local', 'bench.json'))
  .parse();
const { repeats, json } = program.opts<{ repeats: number; json: string }>();

const unknown = program.args.find((name) => !BENCHES.some((bench) => bench.name === name));
if (unknown !== undefined) program.error(`There is no bench named ${unknown}; there are ${NAMES}.`);
const chosen = BENCHES.filter(({ name }) => program.args.length === 0 || program.args.includes(name));

const machine = {
  cores: availableParallelism(),
  processor: cpus()[0]?.model.trim() ?? 'unknown processor',
  node: process.version,
  loadBefore: loadavg()[0]!,
};
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

const { cores, processor, node, loadBefore } = machine;
console.log(tableOf(rows));
console.log(
  `${cores} cores (${processor}), node ${node}, load ${loadBefore.toFixed(1)} before; median of ${repeats} runs, memory the greatest of them`,
);
for (const line of failed) console.error(line);
if (failed.length > 0) process.exitCode = 1;

const path = resolve(json);
await mkdir(dirname(path), { recursive: true });
const results = rows.map((row) => ({ ...row, ratio: ratioOf(row), verdict: verdictOf(row) }));
await writeFile(path, `${JSON.stringify({ machine, repeats, results, failed }, null, 2)}\n`);

function positive(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1) throw new InvalidArgumentError('a whole number from 1 is needed.');
  return value;
}
