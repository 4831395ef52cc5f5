import { readdir, rm, stat } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { capturedFiles, type Forgotten, forgetPrediction } from '../capture/forget.js';
import { pruneCapture } from '../capture/prune.js';
import type { PrunableCapture } from '../capture/source.js';
import { predictionIdOf } from '../contracts/prediction-id.js';
import { lineFault } from '../contracts/printable.js';
import type { ModelRegistry } from '../registry/registry.js';
import { isMissing, sha256Of } from '../store/files.js';
import { plainly } from './errors.js';
import { readDuration } from './times.js';

export interface ForgetOptions {
  id: string;
  /** The user of the operating system by default. */
  by?: string;
  because: string;
}

/**
 * Removes what is captured of a prediction, and writes down in the log of each model that knew it that this was done.
 * Where that could not be written down, as the log of a model is not what was written, nothing is removed.
 * @returns what was removed, in a sentence for each model
 * @throws Error when the id is none, or `by` and `because` are no lines of text
 */
export async function forget(
  { capture, registry }: { capture: PrunableCapture; registry: ModelRegistry },
  { id: text, by = userInfo().username, because }: ForgetOptions,
): Promise<string> {
  const id = predictionIdOf(text);
  if (id === null) throw new Error('--id is no prediction id, which is a UUID: give the one that the answer had.');
  const fault = lineFault('--by', by) ?? lineFault('--because', because);
  if (fault !== null) throw new Error(fault);
  for (const model of (await capturedFiles(capture)).keys()) await registry.log(model);
  const forgotten = await forgetPrediction(capture, id, async (removed) => {
    const { model, lines, labels } = removed;
    const said = { event: 'forgotten', predictionSha256: sha256Of(id), lines, labels } as const;
    try {
      await registry.record(model, { ...said, by, proof: 'claimed', reason: because });
    } catch (error) {
      throw new Error(`${sentenceOf(removed)}, but its log could not be told: ${plainly(error)}`, { cause: error });
    }
  });
  if (forgotten.length === 0) return 'Nothing is captured of this prediction; nothing was removed.';
  return forgotten
    .map((removed) => `${sentenceOf(removed)}; its log says so, with the SHA-256 of the id alone.`)
    .join('\n');
}

const sentenceOf = ({ model, lines, labels }: Forgotten): string =>
  `Removed ${lines} captured ${lines === 1 ? 'line' : 'lines'} and ${labels} ${labels === 1 ? 'label' : 'labels'} of ${model}`;

/** What stays elsewhere for a while of what was removed from a bucket. */
export const LEFT_ON_AWS =
  "Earlier versions of the objects, and what Firehose could not deliver, go by the bucket's own rules, and the function's log lines after its days of retention; see docs/privacy.md.";

export interface PruneOptions {
  captures?: string;
  reports?: string;
}

/** Where things are that get old; `reports` is `null` where they are not in files. */
export interface Prunable {
  capture: PrunableCapture;
  reports: string | null;
  now: Date;
}

/** Removes captures, labels and reports that are older than told. @returns what was removed, a sentence each */
export async function prune({ capture, reports, now }: Prunable, options: PruneOptions): Promise<string> {
  if (options.captures === undefined && options.reports === undefined)
    throw new Error('Nothing is named to be removed: give --captures or --reports, each with an age like 90d.');
  if (options.reports !== undefined && reports === null)
    throw new Error('Reports are in a bucket, whose own rule removes them: set report_retention_days in Terraform.');
  const before = (option: string, age: string | undefined) =>
    age === undefined ? null : new Date(now.getTime() - readDuration(option, age) * 60_000);
  // All of it is read before anything is removed.
  const [captured, reported] = [before('--captures', options.captures), before('--reports', options.reports)];
  const said: string[] = [];
  if (captured !== null)
    said.push(
      `Removed ${filesOf(await pruneCapture(capture, captured))} of captured predictions and labels of whole days before that.`,
    );
  if (reported !== null && reports !== null)
    said.push(`Removed ${filesOf(await pruneReports(reports, reported))} of reports.`);
  return said.join('\n');
}

const filesOf = (count: number) => `${count} ${count === 1 ? 'file' : 'files'}`;

/** Files carry the time of their report. */
async function pruneReports(root: string, before: Date): Promise<number> {
  let removed = 0;
  for (const path of await filesBelow(root)) {
    if ((await stat(path)).mtime >= before) continue;
    await rm(path, { force: true });
    removed++;
  }
  return removed;
}

async function filesBelow(root: string): Promise<string[]> {
  try {
    const entries = await readdir(root, { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile() && /\.(?:html|json)$/.test(entry.name))
      .map((entry) => join(entry.parentPath, entry.name));
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}
