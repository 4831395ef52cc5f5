import type { ConfusionMatrix, Estimate } from '../contracts/values.js';
import { decimals } from '../contracts/text.js';

/** The ROC AUC of guessing. */
export const CHANCE = 0.5;

/** Whether the whole interval of a ROC AUC lies above what guessing reaches. */
export const isAboveChance = ({ low }: Estimate): boolean => low !== null && low > CHANCE;

/** What a ROC AUC that is not surely above chance means, as the rest of a sentence; `null` when it is. */
export function chanceDoubt(rocAuc: Estimate): string | null {
  const { value, low, high } = rocAuc;
  if (isAboveChance(rocAuc)) return null;
  if (value === null) return 'has no ROC AUC, so nothing shows that it is better than guessing';
  const found = `a ROC AUC of ${decimals(value)}${low === null || high === null ? '' : ` (${decimals(low)} to ${decimals(high)})`}`;
  if (value < CHANCE)
    return `has ${found}, below the ${CHANCE} of guessing: it learned nothing, or the labels are swapped`;
  return `has ${found}, which guessing (${CHANCE}) may reach too`;
}

/** Says so when a model calls all rows the same; `null` when it does not. */
export function oneClassDoubt({
  truePositives,
  falsePositives,
  trueNegatives,
  falseNegatives,
}: ConfusionMatrix): string | null {
  if (truePositives + falsePositives === 0) return 'calls no row positive at its decision threshold';
  if (trueNegatives + falseNegatives === 0) return 'calls every row positive at its decision threshold';
  return null;
}
