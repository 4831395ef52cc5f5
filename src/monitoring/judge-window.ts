import { describeFault } from '../contracts/requests.js';
import type { DriftTest } from '../contracts/values.js';
import type { ColumnDrift, CheckEntry, DriftState, RequestFinding, WindowRequests } from '../contracts/monitoring.js';
import type { DriftPolicy, RequestPolicy } from '../contracts/definition.js';

/** Evidently calls a data set drifted when at least this share of its columns is. */
const EVIDENTLY_DRIFT_SHARE = 0.5;

/** What all columns of a window say together. */
interface WindowVerdict {
  drift: DriftState;
  /** Columns with a drifted hypothesis, in the order given; none of an insufficient window. */
  driftedColumns: string[];
  /** What Evidently's default says of the same window, whatever its rows. */
  evidentlyDrift: boolean;
  /** Of the distributions: shares of missing or outside values have another scale. */
  largestEffect: CheckEntry['largestEffect'];
}

/**
 * Fills in what the hypotheses of a window are worth together: `adjustedP` over all of them, and `drifted` where that
 * is at most `falseDiscoveryRate` and the effect at least its minimum.
 * @param columns of one window; they are not changed
 */
export function controlErrors(columns: readonly ColumnDrift[], policy: DriftPolicy): ColumnDrift[] {
  const adjusted = benjaminiHochberg(columns.flatMap(({ hypotheses }) => hypotheses.map(({ p }) => p)));
  let next = 0;
  return columns.map((column) => ({
    ...column,
    hypotheses: column.hypotheses.map((hypothesis) => {
      const adjustedP = adjusted[next++]!;
      const { value, minimum } = hypothesis.effect;
      return { ...hypothesis, adjustedP, drifted: adjustedP <= policy.falseDiscoveryRate && value >= minimum };
    }),
  }));
}

/**
 * Judges a window. With fewer than `minimumRows` it is insufficient, else one drifted hypothesis makes it drifted.
 * @param columns what `controlErrors` returned
 * @param rows of the window
 */
export function judgeWindow(columns: readonly ColumnDrift[], rows: number, policy: DriftPolicy): WindowVerdict {
  const enough = rows >= policy.minimumRows;
  const drifted = columns.filter(({ hypotheses }) => hypotheses.some((hypothesis) => hypothesis.drifted));
  const tests = columns.map(({ test }) => test).filter((test): test is DriftTest => test !== null);
  const evidently = tests.filter((test) => test.drifted).length;
  return {
    drift: !enough ? 'insufficient' : drifted.length > 0 ? 'drift' : 'no-drift',
    driftedColumns: enough ? drifted.map(({ column }) => column) : [],
    evidentlyDrift: tests.length > 0 && evidently >= EVIDENTLY_DRIFT_SHARE * tests.length,
    largestEffect: largestOf(columns),
  };
}

function largestOf(columns: readonly ColumnDrift[]): WindowVerdict['largestEffect'] {
  return columns
    .flatMap(({ column, hypotheses }) =>
      hypotheses.filter(({ about }) => about === 'distribution').map(({ effect }) => ({ column, value: effect.value })),
    )
    .reduce<WindowVerdict['largestEffect']>(
      (largest, found) => (largest === null || found.value > largest.value ? found : largest),
      null,
    );
}

/**
 * Adjusts p-values of questions that are asked together, so that of those at or below a level the expected share that
 * is wrong is at most the level (Benjamini & Hochberg 1995, step-up; valid for independent and positively dependent
 * questions). The same as `scipy.stats.false_discovery_control`.
 * @param pValues m probabilities, in [0, 1]
 * @returns m adjusted ones in the same order: the least of p(j) * m / j over ranks j from its own on, at most 1
 */
export function benjaminiHochberg(pValues: readonly number[]): number[] {
  const count = pValues.length;
  const descending = pValues.map((_, i) => i).sort((a, b) => pValues[b]! - pValues[a]!);
  const adjusted = new Array<number>(count);
  let least = 1;
  descending.forEach((index, place) => {
    least = Math.min(least, pValues[index]! * (count / (count - place)));
    adjusted[index] = least;
  });
  return adjusted;
}

/** Most probable share of windows called refused while requests are, independently, as often as the policy allows. */
export const REFUSED_LEVEL = 0.01;

/**
 * Judges how many requests of a window were refused, which is all that is seen of callers whose fields have another name
 * or type. `refused` when all were, or when more than `maximumRefusedShare` were and as many by chance have a probability
 * of at most `REFUSED_LEVEL`. Of a window with a single request, refused, that is no proof: an alarm takes several windows.
 */
export function judgeRequests(
  counted: WindowRequests,
  { maximumRefusedShare: maximumShare }: RequestPolicy,
): RequestFinding {
  const { total, refused } = counted;
  const tooMany = refused === total || chance(refused, total, maximumShare) <= REFUSED_LEVEL;
  const state = total === 0 ? 'none' : tooMany ? 'refused' : 'accepted';
  return { state, total, refused, maximumShare, found: describeRequests(counted) };
}

/**
 * Upper bound of the probability that at least `refused` of `total` are refused when each is with probability `share`:
 * exp(-n KL(refused / n, share)), exact when all are (Chernoff 1952; Arratia and Gordon 1989, Bulletin of Mathematical
 * Biology 51, 125-131).
 */
function chance(refused: number, total: number, share: number): number {
  if (refused <= share * total) return 1;
  const accepted = total - refused;
  const divergence = term(refused, refused / (total * share)) + term(accepted, accepted / (total * (1 - share)));
  return Math.exp(-divergence);
}

const term = (weight: number, ratio: number): number => (weight === 0 ? 0 : weight * Math.log(ratio));

/** Faults named before the rest is counted. */
const NAMED_FAULTS = 3;

/** How many requests were refused and why, in a sentence; `''` for none. */
export function describeRequests({ total, refused, faults }: WindowRequests): string {
  if (refused === 0) return '';
  const named = faults.slice(0, NAMED_FAULTS).map((fault) => `${describeFault(fault)} in ${fault.requests}`);
  const more = faults.length > named.length ? ` and ${faults.length - named.length} more` : '';
  return `${refused} of ${total} request${total === 1 ? ' was' : 's were'} refused: ${named.join(', ')}${more}.`;
}
