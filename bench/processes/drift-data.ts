// drift-data.ts DIRECTORY ROWS: writes made-up rows for a drift check, five columns of numbers and a class, as
// reference-COLUMN.bin and current-COLUMN.bin (little-endian doubles, the class in bytes) and the reference as our
// profile.json. Columns of the window are shifted by 0 to 0.3 standard deviations. Prints {jsonBytes}.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ReferenceProfile } from '../../src/contracts/reference.js';
import { categoricalReference, numericReference } from '../../src/ml/drift/build-reference.js';
import { createRandom } from '../../src/ml/random.js';

export interface DriftData {
  /** Of the reference profile. */
  jsonBytes: number;
}

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
let prediction = categoricalReference('prediction', new Uint8Array());
for (const [index, [column, shift]] of Object.entries(SHIFTS).entries()) {
  const reference = numbers(index, REFERENCE, 0);
  const current = numbers(index, CURRENT, shift);
  await write('reference', column, reference);
  await write('current', column, current);
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
console.log(JSON.stringify({ jsonBytes: json.length } satisfies DriftData));
