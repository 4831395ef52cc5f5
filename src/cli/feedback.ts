import { acceptFeedback } from '../capture/feedback.js';
import type { FeedbackStore } from '../capture/source.js';
import type { Definition } from '../contracts/definition.js';

/** Takes a file of labels for a model's predictions, and says in a sentence what became of them. */
export async function giveFeedback(
  capture: FeedbackStore,
  { model, target }: Pick<Definition, 'model' | 'target'>,
  file: string,
): Promise<string> {
  const { labels, positive } = target;
  const result = await acceptFeedback({ capture, model, labels, path: file, now: () => new Date() });
  const { accepted, positives, duplicates } = result;
  if (accepted === 0 && duplicates === 0) return `The file holds no label; ${model} has as many as before.`;
  if (accepted === 0) return `Nothing new: ${labelsOf(duplicates)} of ${model}, known already.`;
  const rest = duplicates === 0 ? '' : ` ${labelsOf(duplicates)} known already or given twice.`;
  return `Took ${labelsOf(accepted)} of ${model}, ${positives} of them ${positive}.${rest}`;
}

const labelsOf = (count: number) => `${count} ${count === 1 ? 'label' : 'labels'}`;
