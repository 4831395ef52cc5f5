import { ApplicationFailure, CancellationScope, isCancellation } from '@temporalio/workflow';
import type { Step } from '../../activities/index.js';
import {
  type CandidateDefinition,
  withOptions,
  type Definition,
  type SearchPolicy,
} from '../../contracts/definition.js';
import type { NestedResult, FeaturesResult, LeaderboardRow } from '../../contracts/results.js';
import { MINUTE_MS } from '../../contracts/text.js';
import type { Warning } from '../../contracts/values.js';
import { compute, on } from '../kit/profiles.js';
import type { Progress, Tally } from '../kit/progress.js';

/** Trials and nested repeats of all candidates that run at the same time, at most; the others wait. */
const MOST_IN_FLIGHT = 16;

type Row = Step<LeaderboardRow>;

/** What the searches of a run share. */
interface Searches {
  definition: Definition;
  features: FeaturesResult;
  reuse: boolean;
  tally: Tally;
  warn: Progress['warn'];
}

/**
 * Searches the options of the candidates that want it, all within one limit of time.
 * @returns by name the rows of those of which something was found in time; a warning tells of the others
 * @throws SearchCutShort when that leaves no candidate of the definition
 */
export async function searchAll(searches: Searches): Promise<Map<string, Row>> {
  const { search: policy, candidates } = searches.definition;
  const plans = candidates.flatMap((candidate) =>
    candidate.search === null ? [] : planOf(searches, candidate, candidate.search.trials),
  );
  const rows = new Map<string, Row>();
  if (plans.length === 0) return rows;
  const measured = await measureAll(searches, plans);
  const concluding = measured.map(async ({ plan, trials, nested }) => {
    const { candidate } = plan;
    const end = {
      name: candidate.name,
      policy,
      trials: { measured: trials.length, planned: plan.trials.length },
      nested: { measured: nested.length, planned: plan.repeats.length },
    };
    if (nested.length === 0) searches.warn([leftOut(end)]);
    else rows.set(candidate.name, await conclude(searches, candidate, trials, nested, searchWarnings(end)));
  });
  await Promise.all(concluding);
  if (plans.length === candidates.length && rows.size === 0)
    throw ApplicationFailure.nonRetryable(nothingLeft(policy), 'SearchCutShort');
  return rows;
}

/**
 * Trials get at most half of `search.maxMinutes`, the nested estimates the rest. What is unfinished by then is cancelled
 * and left out.
 */
async function measureAll({ definition, tally }: Searches, plans: Plan[]) {
  const run = slots(MOST_IN_FLIGHT);
  const outside = CancellationScope.current();
  const unlessCutShort = async <T>(work: () => Promise<T>): Promise<T | null> => {
    const scope = CancellationScope.current();
    try {
      const result = await run(work);
      tally.done();
      return result;
    } catch (error) {
      // A worker that died as the limit struck never hears of the cancellation: its work ends by its heartbeat then.
      const isCut = isCancellation(error) || scope.consideredCancelled;
      if (isCut && !outside.consideredCancelled) return null;
      throw error;
    }
  };
  for (const { trials, repeats } of plans) tally.plan(trials.length + repeats.length);
  const limit = definition.search.maxMinutes * MINUTE_MS;
  return within(limit, async () => {
    const measured = await within(limit / 2, () =>
      Promise.all(plans.map(async ({ trials }) => finished(await Promise.all(trials.map(unlessCutShort))))),
    );
    return Promise.all(
      plans.map(async (plan, index) => {
        const trials = measured[index]!;
        const begun = trials.length === 0 ? [] : plan.repeats;
        const nested = await Promise.all(begun.map((nest) => unlessCutShort(() => nest(trials))));
        return { plan, trials, nested: finished(nested) };
      }),
    );
  });
}

/** What is to be done for a candidate: its trials, and nested repeats once it is known which trials were measured. */
function planOf(
  { definition, features, reuse }: Searches,
  candidate: CandidateDefinition,
  trials: CandidateDefinition['options'][],
) {
  const { matrix, rows } = features;
  const used = Math.min(rows.train, definition.validation.maxRows);
  const repeats = affordableRepeats(used, trials.length, definition.search.repeats);
  const common = { definition: alone(definition), matrix, reuse };
  return {
    candidate,
    trials: trials.map(
      (options, index) => () =>
        on(compute, `${candidate.name} trial ${index + 1}`).crossValidateCandidate({
          ...common,
          candidate: withOptions(candidate, options),
          without: null,
        }),
    ),
    repeats: Array.from(
      { length: repeats },
      (_, repeat) => (measured: Row[]) =>
        on(compute, `${candidate.name} nested ${repeat + 1}`).nestedCrossValidate({
          ...common,
          repeat,
          candidate: withOptions(candidate, candidate.options),
          trials: measured.map(({ result }) => result.options),
        }),
    ),
  };
}

type Plan = ReturnType<typeof planOf>;

async function conclude(
  { definition, reuse }: Searches,
  candidate: CandidateDefinition,
  trials: Row[],
  nested: Step<NestedResult>[],
  warnings: Warning[],
): Promise<Row> {
  const { metric } = definition.selection;
  const step = await on(compute, `${candidate.name} search`).concludeSearch({
    definition: alone(definition),
    candidate,
    reuse,
    warnings,
    trials: trials.map(({ result: { options, metrics, warnings } }) => ({
      options,
      value: metrics[metric],
      warnings,
    })),
    nested: nested.map(({ result }) => result),
  });
  return { ...step, reused: [step, ...trials, ...nested].every(({ reused }) => reused) };
}

/**
 * Lets at most `limit` pieces of work run at the same time, in the order they were given. Each begins in the
 * cancellation scope of its own caller.
 */
function slots(limit: number): <T>(work: () => Promise<T>) => Promise<T> {
  const waiting: (() => void)[] = [];
  let free = limit;
  return async (work) => {
    if (free > 0) free--;
    else await new Promise<void>((begin) => waiting.push(begin));
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else free++;
    }
  };
}

/** Runs work in a scope of its own, which is cancelled after a time, or when the work fails. */
async function within<T>(timeout: number, work: () => Promise<T>): Promise<T> {
  const scope = new CancellationScope({ cancellable: true, timeout });
  try {
    return await scope.run(work);
  } catch (error) {
    scope.cancel();
    throw error;
  }
}

const finished = <T>(results: (T | null)[]): T[] => results.filter((result) => result !== null);

/** Without its candidates: histories keep the input of every activity, and many trials would fill them. */
const alone = (definition: Definition): Definition => ({ ...definition, candidates: [] });

/** Rows times trials times repeats of a nested estimate: large searches are repeated less often, at least once. */
const MAX_NESTED_ROWS = 100_000;

/** Repeats of the nested estimate that are affordable. */
const affordableRepeats = (rows: number, trials: number, wanted: number): number =>
  Math.max(1, Math.min(wanted, Math.floor(MAX_NESTED_ROWS / (rows * trials))));

/** What came of a search: trials and nested repeats that ended, of those that were begun. */
interface SearchEnd {
  /** Of the candidate. */
  name: string;
  policy: SearchPolicy;
  trials: { measured: number; planned: number };
  nested: { measured: number; planned: number };
}

const REMEDY = 'raise it or try fewer options';

const half = ({ maxMinutes }: SearchPolicy) => `${maxMinutes / 2} minutes, half of search.maxMinutes`;
const whole = ({ maxMinutes }: SearchPolicy) => `the ${maxMinutes} minutes of search.maxMinutes`;

/** What a person should know of a search that gave a result. */
function searchWarnings({ name, policy, trials, nested }: SearchEnd): Warning[] {
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
function leftOut({ name, policy, trials, nested }: SearchEnd): Warning {
  const why =
    trials.measured === 0
      ? `none of its ${trials.planned} trials ended within ${half(policy)}`
      : `its nested estimate did not end within ${whole(policy)} (0 of ${nested.planned} repeats)`;
  return { code: 'search-cut-short', message: `${name} was left out: ${why}; ${REMEDY}.` };
}

/** Why the run ends. */
const nothingLeft = ({ maxMinutes }: SearchPolicy): string =>
  `No candidate is left to choose from, because no search ended within the ${maxMinutes} minutes of search.maxMinutes; ${REMEDY}, or name a candidate without a search.`;
