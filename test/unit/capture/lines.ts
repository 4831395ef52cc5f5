import { createHash } from 'node:crypto';
import type { CaptureSource } from '../../../src/capture/partitions.js';
import type { Objects } from '../../../src/store/objects.js';
import { readWindow } from '../../../src/capture/read.js';
import { predictionLines, type PredictionRecord, refusalLine } from '../../../src/serving/prediction-log.js';
import type { RequestError } from '../../../src/serving/request-error.js';
import { FEATURES } from '../model/models.js';

export const MODEL = 'anemia';
export const SHA256 = 'a'.repeat(64);
export const OTHER_SHA256 = 'b'.repeat(64);
export const NAMES = FEATURES.map(({ name }) => name);

/** A prediction id for a name, always the same. */
export function idOf(name: string): string {
  const digits = createHash('sha256').update(name).digest('hex');
  return [
    digits.slice(0, 8),
    digits.slice(8, 12),
    digits.slice(12, 16),
    digits.slice(16, 20),
    digits.slice(20, 32),
  ].join('-');
}

/** The hour of most records. */
export const WINDOW = { from: '2026-01-02T03:00:00.000Z', to: '2026-01-02T04:00:00.000Z' };

/** Folder of that hour. */
export const HOUR = `${MODEL}/date=2026-01-02/hour=03`;

export interface Request {
  id: string;
  time?: string;
  purpose?: string;
  version?: number;
  sha256?: string;
  /** A row each, in feature order, NaN for a missing value. */
  inputs?: number[][];
  scores?: number[];
  captureInputs?: boolean;
}

/** The lines that the handler prints for a request; a row of 43, 30, 10 with the score 0.9 unless told otherwise. */
export function linesOf(request: Request): string[] {
  const { id, time = '2026-01-02T03:04:05.678Z', version = 1, sha256 = SHA256, captureInputs = true } = request;
  const inputs = request.inputs ?? [[43, 30, 10]];
  const scores = request.scores ?? inputs.map(() => 0.9);
  const record: PredictionRecord = {
    ...{
      id,
      time,
      purpose: request.purpose ?? null,
      meta: { name: MODEL, version, sha256 },
      features: FEATURES,
      scores,
    },
    columns: FEATURES.map((_, j) => Float64Array.from(inputs, (row) => row[j]!)),
    predictions: scores.map((score) => (score >= 0.5 ? 1 : 0)),
  };
  return predictionLines(record, captureInputs);
}

/** The line that the handler prints for a refused request. */
export function refusalOf(
  { id, time = '2026-01-02T03:04:05.678Z', purpose, version = 1, sha256 = SHA256 }: Request,
  fields: RequestError['fields'] = [{ field: 'hb', reason: 'missing-field', message: '' }],
): string {
  const record = { id, time, purpose: purpose ?? null, meta: { name: MODEL, version, sha256 }, features: FEATURES };
  return refusalLine(record, { type: 'InvalidInput', message: '', fields });
}

/** Files by path, opened in chunks of `chunkBytes`. */
export function memorySource(files: Record<string, string>, chunkBytes = 1000): CaptureSource & { opened: string[] } {
  const opened: string[] = [];
  return {
    opened,
    list: (folder) =>
      Promise.resolve(
        Object.keys(files)
          .filter((path) => path.startsWith(folder))
          .sort(),
      ),
    async *open(path) {
      opened.push(path);
      const bytes = Buffer.from(files[path]!);
      for (let at = 0; at < bytes.length; at += chunkBytes)
        yield await Promise.resolve(bytes.subarray(at, at + chunkBytes));
    },
  };
}

/** What a version's window holds, in plain lists. */
export async function readAll(source: CaptureSource, window = WINDOW, sha256 = SHA256) {
  const read = await readWindow({ source, model: MODEL, sha256, features: NAMES, window });
  return {
    summary: read.summary,
    scores: [...read.scores],
    predictions: [...read.predictions],
    inputs: Array.from(read.features.get(NAMES[0]!)!, (_, i) => NAMES.map((name) => read.features.get(name)![i]!)),
  };
}

/** Puts a captured file. */
export async function putText(capture: Objects, key: string, text: string): Promise<void> {
  await capture.put(key, Buffer.from(text), 'always');
}
