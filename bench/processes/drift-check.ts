// drift-check.ts DIRECTORY REPEATS: compares the window that drift-data.ts wrote with its reference profile, the rows
// in memory before, and prints {seconds, peakBytes, drifted}, as bench/peers/drift_check.py does for Evidently.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ColumnDrift } from '../../src/contracts/monitoring.js';
import { compareWindow } from '../../src/ml/drift/compare-window.js';
import { parseReference } from '../../src/ml/drift/parse-reference.js';
import { peakMemory } from '../measure.js';

export interface DriftChecked {
  seconds: number[];
  peakBytes: number;
  /** Evidently's default verdict, by column. */
  drifted: Record<string, boolean>;
}

const FEATURES = ['r', 'g', 'b', 'hb'];

const [directory, repeats] = process.argv.slice(2) as [string, string];

async function column(name: string): Promise<Uint8Array> {
  return readFile(join(directory, `current-${name}.bin`));
}

async function numbers(name: string): Promise<Float64Array> {
  const { buffer, byteOffset, byteLength } = await column(name);
  return new Float64Array(buffer, byteOffset, byteLength / Float64Array.BYTES_PER_ELEMENT);
}

const json = await readFile(join(directory, 'profile.json'), 'utf8');
const features = new Map<string, Float64Array>();
for (const name of FEATURES) features.set(name, await numbers(name));
const window = { features, scores: await numbers('score'), predictions: await column('prediction') };

const seconds: number[] = [];
let columns: ColumnDrift[] = [];
for (let i = 0; i < Number(repeats); i++) {
  const start = performance.now();
  columns = compareWindow(parseReference(JSON.parse(json)), window, { minimumEffect: 0.1 });
  seconds.push((performance.now() - start) / 1000);
}
const drifted = Object.fromEntries(columns.map(({ column: name, test }) => [name, test?.drifted === true]));
console.log(JSON.stringify({ seconds, peakBytes: peakMemory(), drifted } satisfies DriftChecked));
