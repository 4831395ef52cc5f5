// lost-performance.ts CELL-JSON: hourly checks of made-up labelled predictions by the default policy; prints the false alarms
// of quarters in which the model does as well as at training and the delays until a loss is seen, ours and those of a plain
// threshold: the metric below the one at training by more than the allowed loss.
import type { Estimate } from '../../src/contracts/metrics.js';
import type { CheckEntry } from '../../src/contracts/monitoring.js';
import { resampledInterval } from '../../src/ml/intervals.js';
import { metricValues } from '../../src/ml/metrics.js';
import { decide } from '../../src/ml/monitoring/decide.js';
import { judgePerformance, measurePerformance } from '../../src/ml/monitoring/performance.js';
import { createRandom, type Random } from '../../src/ml/random.js';
import { stratifiedFolds } from '../../src/ml/split.js';
import { monitoring } from '../../src/monitoring-schema.js';
import {
  draw,
  LOSS_HOURS,
  makePopulation,
  NO_SHIFT,
  type Population,
  QUARTER_HOURS,
  withLabelsAtRandom,
} from '../population.js';

/** What is simulated, each time with a fresh reference. */
export interface LabelledCell {
  /** Rows that the metric at training was cross-validated on. */
  referenceRows: number;
  labelsPerHour: number;
  /** Quarters without loss. */
  quarters: number;
  /** Times that the loss happens. */
  losses: number;
}

/** By our decision, and by a plain threshold. */
export interface Judged<T> {
  ours: T;
  plain: T;
}

export interface LostPerformance {
  /** The metric of the whole population: at training, and once it is lost. */
  metric: { before: number; after: number };
  alarms: Judged<number[]>;
  /** Hours until the first alarm, `null` for none within two windows of labels. */
  delays: Judged<(number | null)[]>;
}

const POPULATION_ROWS = 2 ** 17;
const SEED = 7;
const HOUR = 3_600_000;
const POLICY = monitoring.parse({});
const { performance: RULES, drift: DRIFT } = POLICY;
const LABEL_HOURS = RULES.windowHours;
const KEPT_CHECKS = 2 * DRIFT.cooldownHours + DRIFT.alarm.of;
const MODEL = { name: 'simulated', version: 1, sha256: '0' };
const NO_DRIFT = { drift: 'no-drift' as const, driftedCount: 0, driftedColumns: [], evidentlyDrift: false };
const ACCEPTED = { state: 'accepted' as const, maximumShare: 0.05, found: '' };

/** As `validation` of pipelines/anemia.json. */
const FOLDS = 5;
const REPEATS = 10;
/** A third of the labels says nothing any more. */
const LOST_SHARE = 1 / 3;

const BEFORE = makePopulation(POPULATION_ROWS, NO_SHIFT, SEED);
const AFTER = withLabelsAtRandom(BEFORE, LOST_SHARE, SEED + 1);

const aucOf = ({ scores, labels }: Pick<Population, 'scores' | 'labels'>): number | null =>
  metricValues(scores, labels, 0.5).values.rocAuc;

/** What training says of the metric: of folds, repeated. */
function trainedOn(rows: number, random: Random): Estimate {
  const { scores, labels } = draw(BEFORE, rows, random);
  const all = Int32Array.from(labels, (_, row) => row);
  const values = Array.from({ length: REPEATS }, (_, repeat) => {
    const foldOf = stratifiedFolds(labels, all, FOLDS, repeat);
    return Array.from({ length: FOLDS }, (_, fold) => {
      const inFold = (_: number, row: number) => foldOf[row] === fold;
      return aucOf({ scores: scores.filter(inFold), labels: labels.filter(inFold) });
    });
  });
  return resampledInterval('rocAuc', values.flat(), 1 / (FOLDS - 1), 0.95);
}

/** Labelled predictions of the latest hours, those of an hour at a time. */
class LatestLabels {
  private hours: Population[] = [];

  add(hour: Population): void {
    this.hours = [...this.hours, hour].slice(-LABEL_HOURS);
  }

  all(): Pick<Population, 'scores' | 'predictions' | 'labels'> {
    return {
      scores: Float64Array.from(this.hours.flatMap(({ scores }) => Array.from(scores))),
      predictions: Uint8Array.from(this.hours.flatMap(({ predictions }) => Array.from(predictions))),
      labels: Uint8Array.from(this.hours.flatMap(({ labels }) => Array.from(labels))),
    };
  }
}

/** Hourly checks one after the other, from a full window of labels on; `false` from `each` ends them. */
function check(
  { referenceRows, labelsPerHour }: LabelledCell,
  { population, hours }: { population: Population; hours: number },
  random: Random,
  each: (found: { begun: number; below: boolean; hour: number }) => boolean,
): void {
  const reference = trainedOn(referenceRows, random);
  const latest = new LatestLabels();
  for (let i = 0; i < LABEL_HOURS; i++) latest.add(draw(BEFORE, labelsPerHour, random));
  const earlier: CheckEntry[] = [];
  for (let hour = 1; hour <= hours; hour++) {
    latest.add(draw(population, labelsPerHour, random));
    const entry = conclude(latest, reference, hour, earlier);
    const { value } = entry.performance;
    const below = value !== null && value < reference.value! - RULES.maximumLoss;
    if (!each({ begun: entry.decision.begun.length, below, hour })) return;
    earlier.push(entry);
    if (earlier.length > KEPT_CHECKS) earlier.shift();
  }
}

function conclude(latest: LatestLabels, reference: Estimate, hour: number, earlier: CheckEntry[]): CheckEntry {
  const at = new Date(hour * HOUR).toISOString();
  const window = { from: new Date((hour - 1) * HOUR).toISOString(), to: at };
  const measured = measurePerformance(latest.all(), { seed: hour });
  const finding = judgePerformance({
    ...{ performance: measured, unmatchedLabels: 0, estimated: null, policy: RULES, reference, window },
  });
  const decision = decide({
    ...{ ...NO_DRIFT, model: MODEL, performance: finding, requests: ACCEPTED, policy: POLICY, earlier, now: at },
    window: { ...window, rows: measured.rows },
  });
  return {
    ...{ ...NO_DRIFT, run: at, mode: 'scheduled', at, model: MODEL, window, rows: measured.rows, decision },
    performance: { state: finding.state, value: measured.metrics.rocAuc.value, rows: measured.rows },
    largestEffect: null,
  };
}

function quarter(cell: LabelledCell, random: Random): Judged<number> {
  const found = { ours: 0, plain: 0 };
  let before = false;
  check(cell, { population: BEFORE, hours: QUARTER_HOURS }, random, ({ begun, below }) => {
    found.ours += begun;
    found.plain += below && !before ? 1 : 0;
    before = below;
    return true;
  });
  return found;
}

function delay(cell: LabelledCell, random: Random): Judged<number | null> {
  const found: Judged<number | null> = { ours: null, plain: null };
  check(cell, { population: AFTER, hours: LOSS_HOURS }, random, ({ begun, below, hour }) => {
    if (below) found.plain ??= hour;
    if (begun > 0) found.ours ??= hour;
    return found.ours === null || found.plain === null;
  });
  return found;
}

const apart = <T>(found: Judged<T>[]): Judged<T[]> => ({
  ours: found.map(({ ours }) => ours),
  plain: found.map(({ plain }) => plain),
});

const cell = JSON.parse(process.argv[2]!) as LabelledCell;
const times = <T>(count: number, kind: number, act: (random: Random) => T): T[] =>
  Array.from({ length: count }, (_, i) => act(createRandom(SEED, kind, cell.referenceRows, cell.labelsPerHour, i)));
console.log(
  JSON.stringify({
    metric: { before: aucOf(BEFORE)!, after: aucOf(AFTER)! },
    alarms: apart(times(cell.quarters, 0, (random) => quarter(cell, random))),
    delays: apart(times(cell.losses, 1, (random) => delay(cell, random))),
  } satisfies LostPerformance),
);
