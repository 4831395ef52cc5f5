// lost-performance.ts CELL-JSON: hourly checks of made-up labelled predictions by the default policy; prints the false alarms
// of quarters in which the model does as well as at training and the delays until a loss is seen, ours and those of a plain
// threshold: the metric below the one at training by more than the allowed loss.
import type { Estimate, TimeWindow } from '../../src/contracts/values.js';
import type { CheckEntry } from '../../src/contracts/monitoring.js';
import { resampledInterval } from '../../src/ml/evaluation/intervals.js';
import { metricValues } from '../../src/ml/evaluation/metrics.js';
import { judgePerformance, measurePerformance } from '../../src/monitoring/performance.js';
import type { Random } from '../../src/ml/random.js';
import { stratifiedFolds } from '../../src/ml/evaluation/split.js';
import { apart, type Found, hourlyChecks, type Pair, POLICY, times } from '../hourly-checks.js';
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

export interface LostPerformance {
  /** The metric of the whole population: at training, and once it is lost. */
  metric: { before: number; after: number };
  alarms: Pair<number[]>;
  /** Hours until the first alarm, `null` for none within two windows of labels. */
  delays: Pair<(number | null)[]>;
}

const POPULATION_ROWS = 2 ** 17;
const SEED = 7;
const RULES = POLICY.performance;
const LABEL_HOURS = RULES.windowHours;
const NO_DRIFT = { drift: 'no-drift' as const, driftedColumns: [], evidentlyDrift: false, largestEffect: null };

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

/** A check looks at the labels known by then, from a full window of them on. */
function lookAt(population: Population, reference: Estimate, labelsPerHour: number, random: Random) {
  const latest = new LatestLabels();
  for (let i = 0; i < LABEL_HOURS; i++) latest.add(draw(BEFORE, labelsPerHour, random));
  return (hour: number, window: TimeWindow): Found => {
    latest.add(draw(population, labelsPerHour, random));
    const performance = measurePerformance(latest.all(), { seed: hour });
    const { state, found } = judgePerformance({
      ...{ performance, unmatchedLabels: 0, estimated: null, policy: RULES, reference, window },
    });
    const { value } = performance.metrics.rocAuc;
    return { ...NO_DRIFT, rows: performance.rows, performance: { state, found, value } };
  };
}

/** The metric alone is further below the one at training than the policy allows. */
const isBelow = ({ performance: { value } }: CheckEntry, reference: Estimate): boolean =>
  value !== null && value < reference.value! - RULES.maximumLoss;

function quarter({ referenceRows, labelsPerHour }: LabelledCell, random: Random): Pair<number> {
  const reference = trainedOn(referenceRows, random);
  const found = { ours: 0, peer: 0 };
  let before = false;
  hourlyChecks(QUARTER_HOURS, lookAt(BEFORE, reference, labelsPerHour, random), (entry) => {
    const below = isBelow(entry, reference);
    found.ours += entry.decision.begun.length;
    found.peer += below && !before ? 1 : 0;
    before = below;
    return true;
  });
  return found;
}

function delay({ referenceRows, labelsPerHour }: LabelledCell, random: Random): Pair<number | null> {
  const reference = trainedOn(referenceRows, random);
  const found: Pair<number | null> = { ours: null, peer: null };
  hourlyChecks(LOSS_HOURS, lookAt(AFTER, reference, labelsPerHour, random), (entry, hour) => {
    if (isBelow(entry, reference)) found.peer ??= hour;
    if (entry.decision.begun.length > 0) found.ours ??= hour;
    return found.ours === null || found.peer === null;
  });
  return found;
}

const cell = JSON.parse(process.argv[2]!) as LabelledCell;
const repeat = <T>(count: number, kind: number, act: (random: Random) => T): T[] =>
  times(count, [SEED, kind, cell.referenceRows, cell.labelsPerHour], act);
console.log(
  JSON.stringify({
    metric: { before: aucOf(BEFORE)!, after: aucOf(AFTER)! },
    alarms: apart(repeat(cell.quarters, 0, (random) => quarter(cell, random))),
    delays: apart(repeat(cell.losses, 1, (random) => delay(cell, random))),
  } satisfies LostPerformance),
);
