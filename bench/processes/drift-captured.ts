// drift-captured.ts DIRECTORY REPEATS REFERENCE: the check's whole numeric task on the captured lines that drift-data.ts
// wrote: reads them, compares them with the reference, estimates performance, stores what it found. Prints
// {seconds, peakBytes, rows}.
import { join } from 'node:path';
import { pathToFileURL, fileURLToPath } from 'node:url';
import { runTask } from '../../src/compute/tasks/index.js';
import type { CompareWindowInput } from '../../src/compute/tasks/compare-window.js';
import type { ArtifactRef } from '../../src/contracts/values.js';
import { loadDefinition } from '../../src/definition/definition.js';
import { createFileStore } from '../../test/support/file-store.js';
import { peakMemory } from '../measure.js';
import { createFileObjects } from '../../src/store/file-objects.js';

export interface DriftCaptured {
  seconds: number[];
  peakBytes: number;
  rows: number;
}

const [directory, repeats, reference] = process.argv.slice(2) as [string, string, string];
const { monitoring } = await loadDefinition('pipelines/anemia.json');
const input: CompareWindowInput = {
  captureUri: pathToFileURL(join(directory, 'capture')).href,
  ...{ model: 'bench', sha256: 'a'.repeat(64), policy: monitoring, seed: 1 },
  window: { from: '2026-01-01T00:00:00.000Z', to: '2026-01-01T01:00:00.000Z' },
  reference: JSON.parse(reference) as ArtifactRef,
  crossValidated: { value: 0.9, low: 0.8, high: 1 },
};
const context = {
  store: createFileStore(join(directory, 'store')),
  fingerprintKey: () => Promise.reject(new Error('a drift check fingerprints no rows')),
  capture: (uri: string) => createFileObjects(fileURLToPath(uri)),
  report: () => {},
};
const seconds: number[] = [];
let rows = 0;
for (let i = 0; i < Number(repeats); i++) {
  const start = performance.now();
  const found = await runTask('compare-window/1', input, context);
  seconds.push((performance.now() - start) / 1000);
  rows = found.rows;
}
console.log(JSON.stringify({ seconds, peakBytes: peakMemory(), rows } satisfies DriftCaptured));
