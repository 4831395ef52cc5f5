import { userInfo } from 'node:os';
import type { FeedbackResult } from '../capture/feedback.js';
import { capturedFiles, type Forgotten, forgetPrediction, pruneCapture } from '../capture/retention.js';
import type { Definition } from '../contracts/definition.js';
import { predictionIdOf } from '../contracts/requests.js';
import { lineFault, plainly, counted } from '../contracts/text.js';
import type { ModelRegistry } from '../registry/registry.js';
import { sha256Of } from '../store/files.js';
import type { Objects } from '../store/objects.js';

export type { FeedbackResult, Forgotten };

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

export interface ForgetOptions {
  id: string;
  /** The user of the operating system by default. */
  by?: string;
  because: string;
}

/**
 * Removes what is captured of a prediction, and writes down in the log of each model that knew it that this was done.
 * Where that could not be written down, as the log of a model is not what was written, nothing is removed.
 * @returns what was removed of each model
 * @throws Error when the id is none, or `by` and `because` are no lines of text
 */
export async function forget(
  { capture, registry }: { capture: Objects; registry: ModelRegistry },
  { id: text, by = userInfo().username, because }: ForgetOptions,
): Promise<Forgotten[]> {
  const id = predictionIdOf(text);
  if (id === null) throw new Error('--id is no prediction id, which is a UUID: give the one that the answer had.');
  const fault = lineFault('--by', by) ?? lineFault('--because', because);
  if (fault !== null) throw new Error(fault);
  for (const model of (await capturedFiles(capture)).keys()) await registry.log(model);
  return forgetPrediction(capture, id, async (removed) => {
    const { model, lines, labels } = removed;
    const said = { event: 'forgotten', predictionSha256: sha256Of(id), lines, labels } as const;
    try {
      await registry.record(model, { ...said, by, proof: 'claimed', reason: because });
    } catch (error) {
      throw new Error(`${describeForgotten(removed)}, but its log could not be told: ${plainly(error)}`, {
        cause: error,
      });
    }
  });
}

/** What was removed, as the beginning of a sentence. */
export const describeForgotten = ({ model, lines, labels }: Forgotten): string =>
  `Removed ${counted(lines, 'captured line')} and ${counted(labels, 'label')} of ${model}`;

/** Where things are that get old. */
export interface Prunable {
  capture: Objects;
  reports: Objects;
}

/**
 * Removes what is older than told: captures and labels of whole days before a time, pages and documents of reports that were
 * written before one.
 * @returns how many files were removed of each, `null` for what was not asked for
 */
export async function prune(
  { capture, reports }: Prunable,
  before: { captures: Date | null; reports: Date | null },
): Promise<{ captures: number | null; reports: number | null }> {
  return {
    captures: before.captures === null ? null : await pruneCapture(capture, before.captures),
    reports: before.reports === null ? null : await pruneReports(reports, before.reports),
  };
}

/** Objects carry the time of their report. */
async function pruneReports(reports: Objects, before: Date): Promise<number> {
  const old = (await reports.entries('')).filter(
    ({ key, modified }) => /\.(?:html|json)$/.test(key) && modified < before.getTime(),
  );
  for (const { key } of old) await reports.delete(key);
  return old.length;
}
