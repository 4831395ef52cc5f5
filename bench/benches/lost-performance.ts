import type { Bench } from '../context.js';
import { inTurns, mean, median, reportOf, runScript } from '../measure.js';
import { LOSS_HOURS, QUARTER_HOURS } from '../population.js';
import type { LabelledCell, LostPerformance } from '../processes/lost-performance.js';
import type { Row } from '../row.js';

const MOST_A_QUARTER = 1;
const BENCH = 'lost-performance';
const PEER = 'plain threshold';

/** The more labels, the longer a check takes; the slowest come first. */
const CELLS: LabelledCell[] = [
  { referenceRows: 1000, labelsPerHour: 5, quarters: 4, losses: 12 },
  { referenceRows: 83, labelsPerHour: 1, quarters: 8, losses: 12 },
];

/**
 * Hourly checks of labelled predictions by the default policy of the definition: false alarms of a quarter in which the
 * model does as well as at training, and hours until a loss is seen. The peer alarms whenever the metric alone is
 * further below than the policy allows, and has no cooldown. Counted, not timed: each cell has as many repetitions
 * whatever the repeats.
 */
export const lostPerformance: Bench = {
  name: BENCH,
  async run() {
    const found = new Map<LabelledCell, Row[]>();
    await inTurns(CELLS, async (cell) => {
      const run = await runScript('bench/processes/lost-performance.ts', [JSON.stringify(cell)]);
      found.set(cell, rowsOf(cell, reportOf(run) as LostPerformance));
    });
    return CELLS.toReversed().flatMap((cell) => found.get(cell) ?? []);
  },
};

function rowsOf({ referenceRows, labelsPerHour, quarters }: LabelledCell, found: LostPerformance): Row[] {
  const { metric, alarms, delays } = found;
  const where = `reference ${referenceRows}, ${labelsPerHour} label${labelsPerHour === 1 ? '' : 's'} an hour`;
  const range = (counts: number[]) => `from ${Math.min(...counts)} to ${Math.max(...counts)}`;
  return [
    {
      ...{ bench: BENCH, what: `kept, ${where}`, unit: 'per quarter' },
      ours: mean(alarms.ours),
      peer: { name: PEER, value: mean(alarms.peer) },
      budget: { kind: 'most', limit: MOST_A_QUARTER },
      note: `mean of ${quarters} quarters of ${QUARTER_HOURS} checks, ${range(alarms.ours)}, ${PEER} ${range(alarms.peer)}`,
    },
    {
      ...{ bench: BENCH, what: `lost, ${where}`, unit: 'h', budget: null },
      ours: medianDelay(delays.ours),
      peer: { name: PEER, value: medianDelay(delays.peer) },
      note: `ROC AUC falls from ${metric.before.toFixed(3)} to ${metric.after.toFixed(3)}; seen within ${LOSS_HOURS} h in ${seen(delays.ours)} of ${delays.ours.length}`,
    },
  ];
}

const seen = (delays: (number | null)[]): number => delays.filter((hours) => hours !== null).length;
/** What was not seen counts as all of the time. */
const medianDelay = (delays: (number | null)[]): number => median(delays.map((hours) => hours ?? LOSS_HOURS));
