import { acceptFeedback } from '../capture/feedback.js';
import type { FeedbackStore } from '../capture/source.js';
import type { Definition } from '../contracts/definition.js';

/** Takes a file of labels for a model's predictions, and says in a sentence what became of them. */
export async function giveFeedback(
  capture: FeedbackStore,
  { model, target }: Pick<Definition, 'model' | 'target'>,
  file: string,
): Promise<string> {
  const result = await acceptFeedback({ capture, model, target, path: file, now: () => new Date() });
  const { accepted, positives, duplicates, contradicted, unmatched, blanks } = result;
  if (accepted + duplicates + unmatched + blanks === 0)
    return `The file holds no label; ${model} has as many as before.`;
  return [
    accepted === 0
      ? `Nothing new for ${model}.`
      : `Took ${labelsOf(accepted)} of ${model}, ${positives} of them ${target.positive}.`,
    duplicates === 0 ? '' : `${labelsOf(duplicates)} known already or given twice.`,
    contradicted === 0
      ? ''
      : `${labelsOf(contradicted)} left out, since a later line of the file says otherwise of the same prediction.`,
    unmatched === 0
      ? ''
      : `${labelsOf(unmatched)} left out, whose id and row are of no captured prediction of ${model}.`,
    blanks === 0 ? '' : `${blanks} ${blanks === 1 ? 'line' : 'lines'} without a label left out.`,
  ]
    .filter((sentence) => sentence !== '')
    .join(' ');
}

const labelsOf = (count: number) => `${count} ${count === 1 ? 'label' : 'labels'}`;
