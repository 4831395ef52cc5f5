import { type FeedbackResult, giveFeedback } from '../../client/captures.js';
import { patiently } from '../../client/patience.js';
import { openCapture } from '../../compose/composition.js';
import type { Config } from '../../config/config.js';
import type { Definition } from '../../contracts/definition.js';
import { counted } from '../../contracts/text.js';
import { loadDefinition } from '../../definition/definition.js';
import { DEFINITION, newCommand, SET } from '../command-table.js';
import { print } from '../output.js';
import { run } from '../run-command.js';

interface Options {
  file: string;
  definition: string;
  set: string[];
}

export const command = newCommand('feedback')
  .description('take in what turned out to be true of earlier predictions')
  .requiredOption('--file <csv>', 'CSV with the columns id, label and, for batches, row')
  .option('--definition <file>', 'whose predictions they are', DEFINITION)
  .option(...SET)
  .action(run(feedback, { writes: true }));

async function feedback(config: Config, options: Options): Promise<number> {
  const definition = await loadDefinition(options.definition, options.set);
  const given = giveFeedback(openCapture(config), definition, options.file);
  print(feedbackText(definition, await patiently(config.captureUri, given)));
  return 0;
}

/** What became of the labels of a file, in sentences. */
export function feedbackText({ model, target }: Pick<Definition, 'model' | 'target'>, result: FeedbackResult): string {
  const { accepted, positives, duplicates, contradicted, unmatched, blanks } = result;
  if (accepted + duplicates + unmatched + blanks === 0)
    return `The file holds no label; ${model} has as many as before.`;
  return [
    accepted === 0
      ? `Nothing new for ${model}.`
      : `Took ${counted(accepted, 'label')} of ${model}, ${positives} of them ${target.positive}.`,
    duplicates === 0 ? '' : `${counted(duplicates, 'label')} known already or given twice.`,
    contradicted === 0
      ? ''
      : `${counted(contradicted, 'label')} left out, since a later line of the file says otherwise of the same prediction.`,
    unmatched === 0
      ? ''
      : `${counted(unmatched, 'label')} left out, whose id and row are of no captured prediction of ${model}.`,
    blanks === 0 ? '' : `${counted(blanks, 'line')} without a label left out.`,
  ]
    .filter((sentence) => sentence !== '')
    .join(' ');
}
