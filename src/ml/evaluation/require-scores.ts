import type { CandidateDefinition } from '../../contracts/definition.js';
import { PipelineFailure } from '../../contracts/failures.js';

/** @throws PipelineFailure `DataContract` naming the candidate when a score is not a number from 0 to 1 */
export function requireScores({ name }: Pick<CandidateDefinition, 'name'>, scores: Float64Array): void {
  const wrong = scores.reduce((sum, score) => sum + (score >= 0 && score <= 1 ? 0 : 1), 0);
  if (wrong > 0)
    throw new PipelineFailure(
      'DataContract',
      `candidate ${name} gave ${wrong} of ${scores.length} rows a score that is no number from 0 to 1; leave the candidate out, or give its features in units of ordinary size.`,
    );
}
