import type { FeedbackResult } from '../capture/feedback.js';
import type { Definition } from '../contracts/definition.js';
import type { Objects } from '../store/objects.js';

export type { FeedbackResult };

/**
 * Takes a file of labels that came after their predictions: what turned out to be true.
 * @param capture where predictions are captured
 * @param file CSV with the columns id, label and, for batches, row
 * @throws PipelineFailure `DataContract` when the file cannot be understood, or none of its labels belongs to a prediction
 */
export async function giveFeedback(
  capture: Objects,
  { model, target }: Pick<Definition, 'model' | 'target'>,
  file: string,
): Promise<FeedbackResult> {
  const { acceptFeedback } = await import('../capture/feedback.js'); // with DuckDB, which reads the file
  return acceptFeedback({ capture, model, target, path: file, now: () => new Date() });
}
