// drift-data.ts DIRECTORY ROWS: writes made-up rows for a drift check, five columns of numbers and a class, as
// reference-COLUMN.bin and current-COLUMN.bin (little-endian doubles, the class in bytes) and the reference as our
// profile.json. Columns of the window are shifted by 0 to 0.3 standard deviations. The window is there once more as the
// function logs it, in batches, below capture/, with its reference in a store. Prints {jsonBytes, reference}.
import { mkdir, open, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { partitionOf } from '../../src/capture/partitions.js';
import type { ArtifactRef } from '../../src/contracts/values.js';
import type { ModelFeature } from '../../src/contracts/learner.js';
import {
  MONITORING_REFERENCE_SCHEMA_VERSION,
  type MonitoringReference,
  type ReferenceProfile,
} from '../../src/contracts/reference.js';
import { categoricalReference, numericReference } from '../../src/ml/drift/build-reference.js';
import { createRandom } from '../../src/ml/random.js';
import { predictionLines } from '../../src/serving/prediction-log.js';
import { createFileStore } from '../../test/support/file-store.js';

export interface DriftData {
  /** Of the reference profile. */
  jsonBytes: number;
  /** The monitoring reference in the store below `directory`. */
  reference: ArtifactRef;
}

/** The model and the moment of the captured predictions. */
export const CAPTURED = { model: 'bench', version: 1, sha256: 'a'.repeat(64), time: '2026-01-01T00:30:00.000Z' };

/** Rows of a request: the most that one line of the log holds is a little more. */
const BATCH_ROWS = 1000;

const SHIFTS = { r: 0, g: 0.02, b: 0.06, hb: 0.15, score: 0.3 };
const [REFERENCE, CURRENT] = [1, 2];

const [directory, rowsText] = process.argv.slice(2) as [string, string];
const rows = Number(rowsText);

function numbers(column: number, side: number, shift: number): Float64Array {
  const random = createRandom(side, column);
  return new Float64Array(rows).map(
    () => Math.sqrt(-2 * Math.log(1 - random.float())) * Math.cos(2 * Math.PI * random.float()) + shift,
  );
}

const classes = (scores: Float64Array): Uint8Array => Uint8Array.from(scores, (score) => (score >= 0.5 ? 1 : 0));
const write = (side: string, column: string, values: Float64Array | Uint8Array): Promise<void> =>
  writeFile(join(directory, `${side}-${column}.bin`), values);

const references = [];
const window: Record<string, Float64Array> = {};
let prediction = categoricalReference('prediction', new Uint8Array());
for (const [index, [column, shift]] of Object.entries(SHIFTS).entries()) {
  const reference = numbers(index, REFERENCE, 0);
  const current = numbers(index, CURRENT, shift);
  await write('reference', column, reference);
  await write('current', column, current);
  window[column] = current;
  if (column === 'score') {
    prediction = categoricalReference('prediction', classes(reference));
    await write('reference', 'prediction', classes(reference));
    await write('current', 'prediction', classes(current));
  }
  references.push(numericReference(column, reference));
}
const profile: ReferenceProfile = {
  schemaVersion: 1,
  features: references.slice(0, -1),
  prediction,
  score: references.at(-1)!,
  labels: { negatives: rows, positives: 0 },
};
const json = JSON.stringify(profile);
await writeFile(join(directory, 'profile.json'), json);
await capture();
const monitoring: MonitoringReference = {
  schemaVersion: MONITORING_REFERENCE_SCHEMA_VERSION,
  model: CAPTURED.model,
  profile,
  calibration: { kind: 'platt', intercept: 0, slope: 1 },
};
const store = createFileStore(join(directory, 'store'));
const reference = await store.put(new TextEncoder().encode(JSON.stringify(monitoring)));
console.log(JSON.stringify({ jsonBytes: json.length, reference } satisfies DriftData));

/** Scores are probabilities here: a captured score beyond [0, 1] would be a broken line. */
async function capture(): Promise<void> {
  const names = Object.keys(SHIFTS).slice(0, -1);
  const features = names.map((name): ModelFeature => {
    return { name, unit: '', range: [-10, 10], imputation: null, mean: 0, scale: 1 };
  });
  const { model: name, version, sha256, time } = CAPTURED;
  const path = join(directory, 'capture', partitionOf(name, Date.parse(time)), 'part.jsonl');
  await mkdir(dirname(path), { recursive: true });
  const file = await open(path, 'w');
  for (let from = 0; from < rows; from += BATCH_ROWS) {
    const part = (column: string) => window[column]!.subarray(from, from + BATCH_ROWS);
    const scores = Array.from(part('score'), (score) => 1 / (1 + Math.exp(-score)));
    const predictions = scores.map((score) => (score >= 0.5 ? 1 : 0));
    const meta = { name, version, sha256 };
    const record = { id: `request-${from}`, time, purpose: null, meta, features, predictions, scores };
    const lines = predictionLines({ ...record, columns: names.map(part) }, true);
    await file.writeFile(`${lines.join('\n')}\n`);
  }
  await file.close();
}
