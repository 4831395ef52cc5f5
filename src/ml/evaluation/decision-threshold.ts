import type { Calibration } from '../../contracts/learner.js';
import type { ThresholdRule, CalibrationMethod } from '../../contracts/definition.js';
import type { Warning } from '../../contracts/values.js';
import { shortestBetween } from '../sorted.js';
import { calibrated, fitCalibrationBy, ISOTONIC_FROM_ROWS } from './calibration.js';
import { DEFAULT_THRESHOLD, groupScores } from './metrics.js';
import { countPositives } from '../table.js';

/**
 * A threshold lies only between scores that differ by more than this share of the higher one: a runtime in single
 * precision tells those apart, so that it calls the same rows positive.
 */
const CLOSEST = 1e-6;
/** What is below counts as 0, as single precision would have it sooner or later. */
const SMALLEST = 1e-30;

/** A threshold, and what is wrong with it. */
interface ThresholdFound {
  /** In (0, 1]; a row is positive when its score is at least this. */
  threshold: number;
  /** Why the rule could not be followed, as a sentence; `null` when it was. */
  unreached: string | null;
}

/** A place for the threshold, with what is called positive from there upwards. */
interface Cut {
  threshold: number;
  truePositives: number;
  falsePositives: number;
}

/**
 * Chooses the decision threshold by a rule. A threshold from data lies midway between two neighbouring scores, or
 * between the outermost score and 0 or 1, rounded to the shortest decimal there. Of cuts that are equally good, the one
 * with the fewest false positives is taken.
 * @param scores n scores in [0, 1] of rows that the model had not seen
 * @param labels n classes, 0 or 1
 * @returns 0.5 when a rule that looks at the rows finds only one class; the lowest threshold when no threshold above 0
 *   has the recall
 */
export function chooseThreshold(rule: ThresholdRule, scores: Float64Array, labels: Uint8Array): ThresholdFound {
  if (rule.rule === 'fixed') return { threshold: rule.value, unreached: null };
  const positives = countPositives(labels);
  const negatives = labels.length - positives;
  if (positives === 0 || negatives === 0) {
    const unreached = `The decision threshold is ${DEFAULT_THRESHOLD}: its rule needs out-of-fold scores of both classes, and there are ${positives} positives among ${labels.length} rows.`;
    return { threshold: DEFAULT_THRESHOLD, unreached };
  }
  const cuts = cutsOf(scores, labels);
  if (rule.rule === 'recall') return byRecall(cuts, positives, rule.atLeast);
  const worth =
    rule.rule === 'cost'
      ? (cut: Cut) => -(rule.falsePositive * cut.falsePositives + rule.falseNegative * (positives - cut.truePositives))
      : (cut: Cut) => cut.truePositives * negatives - cut.falsePositives * positives;
  return { threshold: best(cuts, worth).threshold, unreached: null };
}

function byRecall(cuts: [Cut, ...Cut[]], positives: number, atLeast: number): ThresholdFound {
  const reached = cuts.find(({ truePositives }) => truePositives / positives >= atLeast);
  if (reached) return { threshold: reached.threshold, unreached: null };
  const { threshold, truePositives } = cuts.at(-1)!;
  const unreached = `No decision threshold above 0 has a recall of ${atLeast} on out-of-fold scores; the lowest, ${threshold}, finds ${truePositives} of ${positives} positives.`;
  return { threshold, unreached };
}

/** The first of the best: false positives grow along the cuts. */
function best(cuts: [Cut, ...Cut[]], worth: (cut: Cut) => number): Cut {
  let [found] = cuts;
  for (const cut of cuts) if (worth(cut) > worth(found)) found = cut;
  return found;
}

/** All cuts, thresholds descending. */
function cutsOf(scores: Float64Array, labels: Uint8Array): [Cut, ...Cut[]] {
  const groups = groupScores(
    scores.map((score) => (score < SMALLEST ? 0 : score)),
    labels,
  );
  const cuts: Cut[] = [];
  let above = 1;
  let [truePositives, falsePositives] = [0, 0];
  for (let g = 0; g <= groups.scores.length; g++) {
    const below = groups.scores[g] ?? 0;
    if (above - below > CLOSEST * above)
      cuts.push({ threshold: shortestBetween(below, above), truePositives, falsePositives });
    truePositives += groups.positives[g] ?? 0;
    falsePositives += groups.negatives[g] ?? 0;
    above = below;
  }
  return cuts as [Cut, ...Cut[]]; // the last step, down to 0, is always wide enough
}

/** How scores become probabilities and decisions, from a definition. */
export interface DecisionPolicy {
  calibration: CalibrationMethod;
  threshold: ThresholdRule;
}

/** What a policy gives on the scores that it was learned from. */
interface Decision {
  /** `null` leaves scores as they are. */
  calibration: Calibration | null;
  /** Of calibrated scores. */
  threshold: number;
  warnings: Warning[];
}

/**
 * Fits the calibration, then chooses the threshold on calibrated scores.
 * @param scores n scores in [0, 1] of rows that the model had not seen, at least one
 * @param labels n classes, 0 or 1
 */
export function learnDecision(policy: DecisionPolicy, scores: Float64Array, labels: Uint8Array): Decision {
  const calibration = policy.calibration === 'none' ? null : fitCalibrationBy(policy.calibration, scores, labels);
  const warnings: Warning[] = [];
  if (policy.calibration === 'isotonic' && scores.length < ISOTONIC_FROM_ROWS) {
    const message = `Isotonic calibration was fitted on ${scores.length} out-of-fold scores; below ${ISOTONIC_FROM_ROWS} it follows chance, and calibration "platt" is surer.`;
    warnings.push({ code: 'rough-calibration', message });
  }
  const { threshold, unreached } = chooseThreshold(policy.threshold, applied(calibration, scores), labels);
  if (unreached !== null) warnings.push({ code: 'threshold-not-reached', message: unreached });
  return { calibration, threshold, warnings };
}

/** Scores as a calibration has them; the very array where there is none. */
export const applied = (calibration: Calibration | null, scores: Float64Array): Float64Array =>
  calibration === null ? scores : calibrated(calibration, scores);
