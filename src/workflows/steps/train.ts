import type { Step } from '../../activities/index.js';
import { type CandidateDefinition, withOptions } from '../../contracts/definition.js';
import type { PipelineInput } from '../../contracts/pipeline.js';
import type { FeaturesResult, LeaderboardRow } from '../../contracts/results.js';
import { compute, on } from '../kit/profiles.js';
import type { Progress } from '../kit/progress.js';
import * as summaries from '../kit/summaries.js';
import { searchAll } from './search.js';

/** More suspicious features than this are told of, but not each left out: the number of activities stays bounded. */
const MOST_LEFT_OUT = 5;

/**
 * Trains every candidate, and every candidate without each suspicious feature, all at the same time. One whose options are
 * given is cross-validated; the options of the others are searched, and left-out features judged with what was found.
 */
export function train(
  { definition, reuse }: PipelineInput,
  features: FeaturesResult,
  progress: Progress,
): Promise<LeaderboardRow[]> {
  const { candidates, columns, selection } = definition;
  const crossValidate = (candidate: CandidateDefinition, without: string | null): Promise<Step<LeaderboardRow>> =>
    on(compute, without === null ? candidate.name : `${candidate.name} without ${without}`).crossValidateCandidate({
      definition,
      matrix: features.matrix,
      candidate,
      without,
      reuse,
    });
  // A feature can be left out only when another remains.
  const leftOut = columns.length > 1 ? features.suspicious.slice(0, MOST_LEFT_OUT) : [];

  return progress.train(summaries.train(selection.metric), (tally) => {
    const searched = searchAll({ definition, features, reuse, tally, warn: progress.warn });
    const measure = async (candidate: CandidateDefinition, without: string | null) => {
      if (candidate.search === null) return crossValidate(candidate, without);
      const row = (await searched).get(candidate.name);
      if (row === undefined) return null; // its search was cut short
      return without === null ? row : crossValidate(withOptions(candidate, row.result.options), without);
    };
    return [null, ...leftOut].flatMap((without) => candidates.map((candidate) => measure(candidate, without)));
  });
}
