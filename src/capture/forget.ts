import { isModelName } from './partitions.js';
import type { PrunableCapture } from './source.js';

/** What was taken out of the capture of a model. */
export interface Forgotten {
  model: string;
  /** Captured lines of the request: its inputs, or why it was refused. A large batch has several. */
  lines: number;
  labels: number;
}

/**
 * Takes everything that is captured of a prediction out of the files, whichever model made it: its lines, and the labels
 * that were given for it. Lines that hold the id in any other place go too, torn ones among them.
 * @param id see `predictionIdOf`
 * @returns a record for each model that knew it
 */
export async function forgetPrediction(capture: PrunableCapture, id: string): Promise<Forgotten[]> {
  const forgotten = new Map<string, Forgotten>();
  const matches = (line: Buffer) => line.includes(id);
  for (const path of await capture.list('')) {
    const [model = '', folder] = path.split('/');
    if (!isModelName(model)) continue;
    const erased = await capture.erase(path, matches);
    if (erased === 0) continue;
    const known = forgotten.get(model) ?? { model, lines: 0, labels: 0 };
    known[folder === 'feedback' ? 'labels' : 'lines'] += erased;
    forgotten.set(model, known);
  }
  return [...forgotten.values()];
}
