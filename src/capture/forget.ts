import { feedbackFolder, isModelName } from './partitions.js';
import type { PrunableCapture } from './source.js';

/** What was taken out of the capture of a model. */
export interface Forgotten {
  model: string;
  /** Captured lines of the request: its inputs, or why it was refused. A large batch has several. */
  lines: number;
  labels: number;
}

/** Models of which anything is captured, with the paths of their files. */
export async function capturedFiles(capture: PrunableCapture): Promise<Map<string, string[]>> {
  const files = new Map<string, string[]>();
  for (const path of await capture.list('')) {
    const [model = ''] = path.split('/');
    if (isModelName(model)) files.set(model, [...(files.get(model) ?? []), path]);
  }
  return files;
}

/**
 * Takes everything that is captured of a prediction out of the files, whichever model made it: its lines, and the labels
 * that were given for it. Lines that hold the id in any other place go too, torn ones among them.
 * @param id see `predictionIdOf`
 * @param record is told of each model that knew it once that is done, and of what was taken out when a failure ends it
 * @returns what `record` was told
 */
export async function forgetPrediction(
  capture: PrunableCapture,
  id: string,
  record: (forgotten: Forgotten) => Promise<void>,
): Promise<Forgotten[]> {
  const reported: Forgotten[] = [];
  const matches = (line: Buffer) => line.includes(id);
  for (const [model, paths] of await capturedFiles(capture)) {
    const forgotten = { model, lines: 0, labels: 0 };
    try {
      for (const path of paths)
        forgotten[path.startsWith(feedbackFolder(model)) ? 'labels' : 'lines'] += await capture.erase(path, matches);
    } finally {
      if (forgotten.lines + forgotten.labels > 0) {
        reported.push(forgotten);
        await record(forgotten);
      }
    }
  }
  return reported;
}
