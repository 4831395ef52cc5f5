import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CandidateKind } from '../../src/ml/learners/index.js';
import { SAMPLE_ROWS } from '../../scripts/sample-table.js';
import { type Bench, type Context, MILLION } from '../context.js';
import { median, reportOf, runProgram } from '../measure.js';
import type { Row } from '../row.js';
import { unpackHandler } from '../unpack.js';

const BUDGET_MS = 25;
const EMPTY_HANDLER = 'export const handler = async () => ({});\n';
const EVENT = '{"r":43.2555,"g":30.8421,"b":25.9025,"hb":6.3}';

/** A start is short and noisy: many are cheap. */
const STARTS_PER_REPEAT = 7;

const MODELS: [kind: CandidateKind, rows: number][] = [
  ['logistic-regression', SAMPLE_ROWS],
  ['random-forest', SAMPLE_ROWS],
  ['random-forest', MILLION],
];

/** Import and first prediction of a deployed handler, beside those of an empty one, in fresh processes by turns. */
export const coldStart: Bench = {
  name: 'cold-start',
  async run(context) {
    const empty = join(context.directory, 'empty.mjs');
    await writeFile(empty, EMPTY_HANDLER);
    const rows: Row[] = [];
    for (const [kind, count] of MODELS) rows.push(await compare(context, empty, kind, count));
    return rows;
  },
};

async function compare(context: Context, empty: string, kind: CandidateKind, rows: number): Promise<Row> {
  const handler = await unpackHandler((await context.zip(kind, rows)).path);
  const [ours, theirs]: [number[], number[]] = [[], []];
  for (let i = 0; i < context.repeats * STARTS_PER_REPEAT; i++) {
    theirs.push(await start(empty));
    ours.push(await start(handler));
  }
  return {
    bench: 'cold-start',
    what: `${kind}, ${rows} rows`,
    unit: 'ms',
    ours: median(ours),
    peer: { name: 'empty handler', value: median(theirs) },
    budget: { kind: 'above', limit: BUDGET_MS },
    note: '',
  };
}

async function start(handler: string): Promise<number> {
  const run = await runProgram(process.execPath, ['bench/processes/cold-start.mjs', handler, EVENT]);
  return (reportOf(run) as { milliseconds: number }).milliseconds;
}
