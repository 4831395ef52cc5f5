import type { PipelineInput } from '../../contracts/pipeline.js';
import type { FeaturesResult, LeaderboardRow } from '../../contracts/results.js';
import { compute, on } from '../kit/profiles.js';
import type { Progress } from '../kit/progress.js';
import * as summaries from '../kit/summaries.js';
import { type Train, withSearches } from './search.js';

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
