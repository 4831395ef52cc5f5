import type { SearchPolicy } from '../../contracts/definition.js';
import type { CandidateDefinition } from '../../contracts/candidate.js';
import type { Warning } from '../../contracts/warning.js';

/** Rows times trials times repeats of a nested estimate: large searches are repeated less often, at least once. */
const MAX_NESTED_ROWS = 100_000;

/** Repeats of the nested estimate that are affordable. */
export const affordableRepeats = (rows: number, trials: number, wanted: number): number =>
  Math.max(1, Math.min(wanted, Math.floor(MAX_NESTED_ROWS / (rows * trials))));

/** What came of a search: trials and nested repeats that ended, of those that were begun. */
export interface SearchEnd {
  candidate: Pick<CandidateDefinition, 'name'>;
  policy: SearchPolicy;
  trials: { measured: number; planned: number };
  nested: { measured: number; planned: number };
}

const REMEDY = 'raise it or try fewer options';

const half = ({ maxMinutes }: SearchPolicy) => `${maxMinutes / 2} minutes, half of search.maxMinutes`;
const whole = ({ maxMinutes }: SearchPolicy) => `the ${maxMinutes} minutes of search.maxMinutes`;

/** What a person should know of a search that gave a result. */
export function searchWarnings({ candidate: { name }, policy, trials, nested }: SearchEnd): Warning[] {
  const warnings: Warning[] = [];
  if (trials.measured < trials.planned)
    warnings.push({
      code: 'search-cut-short',
      message: `The search of ${name} chose among ${trials.measured} of ${trials.planned} trials, those that ended within ${half(policy)}; ${REMEDY}.`,
    });
  if (nested.measured < nested.planned)
    warnings.push({
      code: 'search-cut-short',
      message: `The nested estimate of ${name} rests on ${nested.measured} of ${nested.planned} repeats, those that ended within ${whole(policy)}; ${REMEDY}.`,
    });
  if (nested.planned < policy.repeats)
    warnings.push({
      code: 'sampled-validation',
      message: `The nested estimate of ${name} was repeated ${nested.planned} instead of ${policy.repeats} times (search.repeats), to stay within ${MAX_NESTED_ROWS} rows over all trials.`,
    });
  return warnings;
}

/** Why a candidate has no row in the leaderboard. */
export function leftOut({ candidate: { name }, policy, trials, nested }: SearchEnd): Warning {
  const why =
    trials.measured === 0
      ? `none of its ${trials.planned} trials ended within ${half(policy)}`
      : `its nested estimate did not end within ${whole(policy)} (0 of ${nested.planned} repeats)`;
  return { code: 'search-cut-short', message: `${name} was left out: ${why}; ${REMEDY}.` };
}

/** Why the run ends. */
export const nothingLeft = ({ maxMinutes }: SearchPolicy): string =>
  `No candidate is left to choose from, because no search ended within the ${maxMinutes} minutes of search.maxMinutes; ${REMEDY}, or name a candidate without a search.`;
