import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buildReference } from '../../src/ml/drift/build-reference.js';
import { compareWindow } from '../../src/ml/drift/compare-window.js';
import { createRandom } from '../../src/ml/random.js';
import type { Bench } from '../context.js';
import { inTurns, mean, median, reportOf, runScript } from '../measure.js';
import { draw, makePopulation, NO_SHIFT, ONE_SHIFT, QUARTER_HOURS, WEEK_HOURS, windowOf } from '../population.js';
import type { Cell, FalseAlarms } from '../processes/false-alarms.js';
import { NOT_INSTALLED, runPeer } from '../python.js';
import type { Row } from '../row.js';

const MOST_A_QUARTER = 1;
const BENCH = 'false-alarms';
const PEER = 'Evidently default';

/** The larger, the fewer quarters. The slowest come first, so that the processors end together. */
const CELLS: Cell[] = [
  { referenceRows: 10_000, windowRows: 100, quarters: 1, shifts: 12 },
  { referenceRows: 10_000, windowRows: 1000, quarters: 1, shifts: 12 },
  { referenceRows: 1000, windowRows: 1000, quarters: 8, shifts: 40 },
  { referenceRows: 1000, windowRows: 100, quarters: 5, shifts: 40 },
  { referenceRows: 83, windowRows: 1000, quarters: 8, shifts: 40 },
  { referenceRows: 83, windowRows: 100, quarters: 12, shifts: 40 },
];

/** As the table shows them. */
const inOrder = (a: Cell, b: Cell): number => a.referenceRows - b.referenceRows || a.windowRows - b.windowRows;

/** Windows that Evidently itself looks at, each with a shift in one feature. */
const CONFIRMED_WINDOWS = 12;
const CONFIRMED = { referenceRows: 83, windowRows: 100, populationRows: 10_000, seed: 11 };

/**
 * Hourly drift checks by the default policy of the definition: false alarms of a quarter without drift, and hours until a
 * shift of half a standard deviation is seen. Counted, not timed: each cell has as many repetitions whatever the repeats.
 */
export const falseAlarms: Bench = {
  name: BENCH,
  async run({ directory }) {
    const found = new Map<Cell, Row[]>();
    await inTurns(CELLS, async (cell) => {
      const run = await runScript('bench/processes/false-alarms.ts', [JSON.stringify(cell)]);
      found.set(cell, rowsOf(cell, reportOf(run) as FalseAlarms));
    });
    const rows = CELLS.toSorted(inOrder).flatMap((cell) => found.get(cell) ?? []);
    return [...rows, await confirmed(directory)];
  },
};

function rowsOf({ referenceRows, windowRows, quarters }: Cell, { alarms, driftedHours, delays }: FalseAlarms): Row[] {
  const where = `reference ${referenceRows}, window ${windowRows}`;
  const hours = `drifted hours of ${QUARTER_HOURS}: ${mean(driftedHours.ours).toFixed(1)}, ${PEER} ${mean(driftedHours.peer).toFixed(1)}`;
  const delay = (what: string, { ours, peer }: FalseAlarms['delays']['one']): Row => ({
    ...{ bench: BENCH, what: `0.5 sigma in ${what}, ${where}`, unit: 'h', budget: null },
    ours: medianDelay(ours),
    peer: { name: PEER, value: medianDelay(peer) },
    note: `seen within ${WEEK_HOURS} h in ${seen(ours)} of ${ours.length}, by ${PEER} in ${seen(peer)}`,
  });
  return [
    {
      ...{ bench: BENCH, what: `no drift, ${where}`, unit: 'per quarter' },
      ours: mean(alarms.ours),
      peer: { name: PEER, value: mean(alarms.peer) },
      budget: { kind: 'most', limit: MOST_A_QUARTER },
      note: `mean of ${quarters} quarter${quarters === 1 ? '' : 's'}, from ${Math.min(...alarms.ours)} to ${Math.max(...alarms.ours)}; ${hours}`,
    },
    delay('one of 4 features', delays.one),
    delay('all features', delays.all),
  ];
}

/** Columns that Evidently calls drifted, by our tests and by its own code, on the same frames. */
async function confirmed(directory: string): Promise<Row> {
  const { referenceRows, windowRows, populationRows, seed } = CONFIRMED;
  const random = createRandom(seed);
  const before = draw(makePopulation(populationRows, NO_SHIFT, seed), referenceRows, random);
  const shifted = makePopulation(populationRows, ONE_SHIFT, seed + 1);
  const windows = Array.from({ length: CONFIRMED_WINDOWS }, () => draw(shifted, windowRows, random));
  const reference = buildReference(before);
  const columns = windows.flatMap((window) => compareWindow(reference, windowOf(window), { minimumEffect: 0 }));
  const path = join(directory, 'false-alarms.json');
  await writeFile(path, JSON.stringify({ reference: frameOf(before), windows: windows.map(frameOf) }));
  const run = await runPeer('false_alarms.py', [path]);
  return {
    ...{ bench: BENCH, what: `drifted columns in ${CONFIRMED_WINDOWS} windows`, unit: 'count', budget: null },
    ours: columns.filter(({ test }) => test?.drifted).length,
    peer: run === null ? null : { name: 'Evidently', value: (reportOf(run) as { drifted: number }).drifted },
    note: run === null ? NOT_INSTALLED : 'its tests, by our code and by its own: the peer above is ours',
  };
}

const frameOf = ({ features, scores, predictions }: ReturnType<typeof draw>): Record<string, number[]> => ({
  ...Object.fromEntries(features.map(({ name, values }) => [name, Array.from(values)])),
  score: Array.from(scores),
  prediction: Array.from(predictions),
});

const seen = (delays: (number | null)[]): number => delays.filter((hours) => hours !== null).length;
/** What was not seen within a week counts as a week. */
const medianDelay = (delays: (number | null)[]): number => median(delays.map((hours) => hours ?? WEEK_HOURS));
