import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL, fileURLToPath } from 'node:url';
import { acceptFeedback } from '../../../src/capture/feedback.js';
import { readLabelled } from '../../../src/capture/known-labels.js';
import { temporaryDirectory } from '../../support/temp.js';
import { HOUR, idOf, linesOf, MODEL, SHA256, WINDOW, putText } from './lines.js';
import { createFileObjects } from '../../../src/store/file-objects.js';

const LABELS = { Yes: 1, No: 0, 'Severe, chronic': 1 } as const;
export const target = { source: 'Anaemic', labels: { ...LABELS }, positive: 'anaemic', negative: 'not anaemic' };

/** A text in which names between braces stand for their ids. */
export const withIds = (text: string): string => text.replace(/\{(\w+)\}/g, (_, name: string) => idOf(name));

/** A capture with its own clock, which goes on by an hour with every file of labels. */
export async function open() {
  const directory = await temporaryDirectory();
  const uri = pathToFileURL(join(directory, 'capture')).href;
  const capture = createFileObjects(fileURLToPath(uri));
  const path = join(directory, 'labels.csv');
  let hour = 4;
  let part = 0;
  const opened: string[] = [];
  const source = {
    list: (folder: string) => capture.list(folder),
    open: (file: string) => {
      opened.push(file);
      return capture.open(file);
    },
  };
  return {
    ...{ uri, capture, path, opened },
    predict: (...requests: Parameters<typeof linesOf>[0][]) =>
      putText(
        capture,
        `${HOUR}/part-${part++}.jsonl`,
        requests
          .flatMap((request) => linesOf({ ...request, id: idOf(request.id) }))
          .map((line) => `${line}\n`)
          .join(''),
      ),
    /** Names between braces stand for their ids. */
    give: async (text: string | Uint8Array) => {
      await writeFile(path, typeof text === 'string' ? withIds(text) : text);
      const now = () => new Date(Date.UTC(2026, 0, 2, hour++));
      return acceptFeedback({ capture, model: MODEL, target, path, now });
    },
    labelled: async (window = WINDOW) => {
      const read = await readLabelled({ source, model: MODEL, sha256: SHA256, window });
      return {
        ...read,
        scores: [...read.scores],
        predictions: [...read.predictions],
        labels: [...read.labels],
      };
    },
    files: () => capture.list(`${MODEL}/feedback/`),
  };
}
