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
 * Passes unless the candidate is worse than the champion by more than the margin allows with 90 % confidence: the
 * upper end of the interval of the difference must reach `margin`. Without a comparison it does not pass.
 */
export function judgeChampion(champion: number, comparison: ChampionComparison | null, margin: number): GateCheck {
  if (comparison === null)
    return { rule: `compared with version ${champion}`, passed: false, found: 'no measure that both models have' };
  const { metric, basis, rows, difference } = comparison;
  const { value, low, high } = difference;
  const where = basis === 'holdout' ? `on ${rows} common hold-out rows` : 'by cross-validated estimates';
  return {
    rule: `${metric} not worse than version ${champion} (margin ${margin}, 90 % confidence)`,
    passed: high >= margin,
    found: `${signed(value)} (${signed(low)} to ${signed(high)}) ${where}`,
  };
}

const decimals = (value: number) => value.toFixed(3);
const signed = (value: number) => `${value < 0 ? '-' : '+'}${Math.abs(value).toFixed(3)}`;
