import type { MetricName } from './metrics.js';
import type { LeaderboardRow } from './results.js';
import { decimals } from './text.js';

/**
 * How the options of a candidate were found, in one line for people; `null` when they were given.
 * @param label what the selection metric is called
 */
export function searchLine(
  { candidate, options, search, metrics, repeats, without }: LeaderboardRow,
  metric: MetricName,
  label: string = metric,
): string | null {
  if (search === null || without !== null) return null;
  const chosen = Object.entries(options)
    .map(([name, value]) => `${name} ${Array.isArray(value) ? `[${value.join(', ')}]` : String(value)}`)
    .join(', ');
  const [flattering, nested] = [search.winner, metrics[metric]].map(({ value }) => decimals(value, 'undefined'));
  return `${candidate}: ${search.method} search, ${search.measured} of ${search.planned} trials measured, best ${chosen}; ${label} ${flattering} where it was chosen (flattering), ${nested} in ${repeats} nested ${repeats === 1 ? 'repeat' : 'repeats'}`;
}
