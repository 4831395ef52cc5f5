import type { Definition } from '../contracts/definition.js';
import type { MetricName, MetricTable } from '../contracts/metrics.js';
import type { ChampionComparison, GateCheck } from '../contracts/results.js';

/** One check per `gate.minimum.<metric>`, on the cross-validated value. An undefined metric does not pass. */
export function judgeMinimums(minimum: Partial<Record<MetricName, number>>, measured: MetricTable): GateCheck[] {
  return (Object.entries(minimum) as [MetricName, number][]).map(([metric, limit]) => {
    const { value, low, high } = measured[metric];
    return {
      rule: `${metric} at least ${limit}`,
      passed: value !== null && value >= limit,
      found:
        value === null ? 'undefined' : `${decimals(value)} (${decimals(low ?? value)} to ${decimals(high ?? value)})`,
    };
  });
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
    found: `${signed(value)} (${signed(low)} to ${signed(high)}) ${where}`,
  };
}

/** Without the noise of a product: 0.575 is 57.5 %. */
const percentOf = (share: number) => Number((share * 100).toFixed(3));
const decimals = (value: number) => value.toFixed(3);
const signed = (value: number) => `${value < 0 ? '-' : '+'}${Math.abs(value).toFixed(3)}`;
