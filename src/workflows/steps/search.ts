import { ApplicationFailure, CancellationScope, isCancellation } from '@temporalio/workflow';
import type { Step } from '../../activities/index.js';
import type { CandidateDefinition, NestedResult } from '../../contracts/candidate.js';
import type { Definition } from '../../contracts/definition.js';
import type { PipelineInput } from '../../contracts/pipeline.js';
import type { FeaturesResult, LeaderboardRow } from '../../contracts/results.js';
import { MINUTE_MS } from '../../contracts/text.js';
import { compute, on } from '../kit/profiles.js';
import type { Progress, Tally } from '../kit/progress.js';
import * as summaries from '../kit/summaries.js';
import { affordableRepeats, leftOut, nothingLeft, searchWarnings } from './search-warnings.js';

/** Trials and nested repeats of all candidates that run at the same time, at most; the others wait. */
const MOST_IN_FLIGHT = 16;

type Row = Step<LeaderboardRow>;

/** Cross-validates a candidate with the options it has. */
type Train = (candidate: CandidateDefinition, without: string | null) => Promise<Row>;

interface Searches {
  definition: Definition;
  features: FeaturesResult;
  reuse: boolean;
  tally: Tally;
  warn: Progress['warn'];
}

/** Whether a candidate's options are searched. */
const isSearched = ({ search }: CandidateDefinition): boolean => search !== null;

/**
 * Trains candidates whose options are given, and searches the options of the others, all within one limit of time. Left-out
 * features are judged with the options that were found.
 * @returns trains or searches a candidate; `null` when its search was cut short before it gave anything
 */
function withSearches(searches: Searches, train: Train): (...which: Parameters<Train>) => Promise<Row | null> {
  const searched = searches.definition.candidates.filter(isSearched);
  const ended = searched.length > 0 ? searchAll(searches, searched) : null;
  return async (candidate, without) => {
    if (ended === null || !isSearched(candidate)) return train(candidate, without);
    const row = (await ended)[searched.indexOf(candidate)] ?? null;
    return without === null || row === null ? row : train(withOptions(candidate, row.result.options), without);
  };
}

/**
 * The row of each candidate, `null` for one that is left out.
 * @throws SearchCutShort when that leaves no candidate of the definition
 */
async function searchAll(searches: Searches, candidates: CandidateDefinition[]): Promise<(Row | null)[]> {
  const { search: policy, candidates: all } = searches.definition;
  const found = await measureAll(
    searches,
    candidates.map((candidate) => planOf(searches, candidate)),
  );
  const rows = await Promise.all(
    found.map(async ({ plan: { candidate, repeats }, trials, nested }) => {
      const end = {
        ...{ candidate, policy },
        trials: { measured: trials.length, planned: candidate.search!.trials.length },
        nested: { measured: nested.length, planned: repeats.length },
      };
      if (nested.length > 0) return conclude(searches, candidate, trials, nested, searchWarnings(end));
      searches.warn([leftOut(end)]);
      return null;
    }),
  );
  if (candidates.length === all.length && rows.every((row) => row === null))
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
function planOf({ definition, features, reuse }: Searches, candidate: CandidateDefinition) {
  const { matrix, rows } = features;
  const { trials } = candidate.search!;
  const used = Math.min(rows.train, definition.validation.maxRows);
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
      { length: affordableRepeats(used, trials.length, definition.search.repeats) },
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
  warnings: LeaderboardRow['warnings'],
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

const withOptions = (candidate: CandidateDefinition, options: CandidateDefinition['options']) =>
  ({ ...candidate, options, search: null }) as CandidateDefinition; // trials are of the candidate's kind

/** More suspicious features than this are told of, but not each left out: the number of activities stays bounded. */
const MOST_LEFT_OUT = 5;

/** Cross-validates every candidate, and every candidate without each suspicious feature, all at the same time. */
export function train(
  { definition, reuse }: PipelineInput,
  features: FeaturesResult,
  progress: Progress,
): Promise<LeaderboardRow[]> {
  const { candidates, columns, selection } = definition;
  const crossValidate: Train = (candidate, without) =>
    on(compute, without === null ? candidate.name : `${candidate.name} without ${without}`).crossValidateCandidate({
      definition,
      matrix: features.matrix,
      candidate,
      without,
      reuse,
    });
  // A feature can be left out only when another remains.
  const leftOut = columns.length > 1 ? features.suspicious.slice(0, MOST_LEFT_OUT) : [];
  return progress.fanOut('train', summaries.train(selection.metric), (tally) => {
    const measure = withSearches({ definition, features, reuse, tally, warn: progress.warn }, crossValidate);
    return [null, ...leftOut].flatMap((without) => candidates.map((candidate) => measure(candidate, without)));
  });
}
