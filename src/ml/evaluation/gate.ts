import { CHANCE, isAboveChance, chanceDoubt, oneClassDoubt } from '../../model/chance.js';
import type { Definition } from '../../contracts/definition.js';
import type { MetricName } from '../../contracts/vocabulary.js';
import type { Estimate, MetricTable, Warning } from '../../contracts/values.js';
import type { ChampionComparison, GateCheck, LeaderboardRow } from '../../contracts/results.js';
import { decimals, percentOf, signedDecimals } from '../../contracts/text.js';

/** With fewer cross-validated rows of a class than this the gate reads numbers that a few rows decide. */
const FEW_ROWS = 20;

/**
 * One check per `gate.minimum.<metric>`, on the cross-validated value, and unless `gate.aboveChance` is false one that the
 * interval of the ROC AUC lies above 0.5. An undefined metric does not pass.
 */
export function judgeMinimums(
  { minimum, aboveChance }: Pick<Definition['gate'], 'minimum' | 'aboveChance'>,
  measured: MetricTable,
): GateCheck[] {
  const checks = (Object.entries(minimum) as [MetricName, number][]).map(([metric, limit]) => {
    const { value } = measured[metric];
    return {
      rule: `${metric} at least ${limit}`,
      passed: value !== null && value >= limit,
      found: foundOf(measured[metric]),
    };
  });
  if (!aboveChance) return checks;
  const { rocAuc } = measured;
  const rule = `rocAuc above chance (${CHANCE}) with its whole interval`;
  return [...checks, { rule, passed: isAboveChance(rocAuc), found: foundOf(rocAuc) }];
}

const foundOf = ({ value, low, high }: Estimate): string =>
  value === null ? 'undefined' : `${decimals(value)} (${decimals(low ?? value)} to ${decimals(high ?? value)})`;

/** What makes a verdict say little: few rows behind it, or nothing asked. */
export function gateWarnings(checks: GateCheck[], { confusion, rows, folds }: LeaderboardRow): Warning[] {
  const positives = Math.round(confusion.truePositives + confusion.falseNegatives);
  const smaller = Math.min(positives, rows - positives);
  const few = `The gate reads ${folds}-fold values of ${rows} rows with ${smaller} of the smaller class; below ${FEW_ROWS} a few rows decide them.`;
  const none =
    'The gate asks nothing of the model (gate.minimum is empty, gate.aboveChance is off): whatever was learned passes.';
  return [
    ...(smaller < FEW_ROWS ? [{ code: 'few-rows-for-gate' as const, message: few }] : []),
    ...(checks.length === 0 ? [{ code: 'gate-without-checks' as const, message: none }] : []),
  ];
}

/**
 * Against the champion, by the interval of the difference in the selection metric. `not-worse` passes unless the candidate
 * is worse by more than the margin allows: the upper end must reach the margin. `better` passes when the candidate is
 * better by at least the margin: the lower end must reach it. Without a comparison neither passes.
 */
export function judgeChampion(
  champion: number,
  comparison: ChampionComparison | null,
  { championRule, championMargin }: Pick<Definition['gate'], 'championRule' | 'championMargin'>,
): GateCheck {
  if (comparison === null)
    return { rule: `compared with version ${champion}`, passed: false, found: 'no measure that both models have' };
  const { metric, basis, rows, confidence } = comparison;
  const { value, low, high } = comparison.difference;
  const where = basis === 'holdout' ? `on ${rows} common hold-out rows` : 'by cross-validated estimates';
  const sure = `${percentOf(confidence)} % confidence`;
  return {
    ...(championRule === 'better'
      ? {
          rule: `${metric} better than version ${champion} by at least ${championMargin} (${sure})`,
          passed: low >= championMargin,
        }
      : {
          rule: `${metric} not worse than version ${champion} (margin ${championMargin}, ${sure})`,
          passed: high >= championMargin,
        }),
    found: `${signedDecimals(value)} (${signedDecimals(low)} to ${signedDecimals(high)}) ${where}`,
  };
}

/** What makes a candidate's row of the leaderboard misleading. Of one without a feature nothing is said: it is no candidate. */
export function candidateWarnings({
  candidate,
  without,
  metrics,
  confusion,
}: Pick<LeaderboardRow, 'candidate' | 'without' | 'metrics' | 'confusion'>): Warning[] {
  if (without !== null) return [];
  const chance = chanceDoubt(metrics.rocAuc);
  const oneClass = oneClassDoubt(confusion);
  return [
    ...(chance === null ? [] : [{ code: 'not-above-chance' as const, message: `${candidate} ${chance}.` }]),
    ...(oneClass === null ? [] : [{ code: 'one-class-only' as const, message: `${candidate} ${oneClass}.` }]),
  ];
}
