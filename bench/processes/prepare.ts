// prepare.ts TABLE WARM-UP-TABLE HOME: runs ingest, profile and features on a table in this process alone, after a first
// round on a small one as in a worker that has run before, and prints {seconds: {ingest, profile, features}, peakBytes}.
import { loadDefinition } from '../../src/definition/definition.js';
import { localActivities } from '../local-activities.js';
import { peakMemory } from '../measure.js';

export interface Prepared {
  seconds: { ingest: number; profile: number; features: number };
  peakBytes: number;
}

const [table, warmUp, home] = process.argv.slice(2) as [string, string, string];
const { activities } = localActivities(home);
await prepare(warmUp);
const seconds = await prepare(table);
console.log(JSON.stringify({ seconds, peakBytes: peakMemory() } satisfies Prepared));

async function prepare(path: string): Promise<Prepared['seconds']> {
  const definition = await loadDefinition('pipelines/anemia.json', [], path);
  const [step, ingest] = await timed(() => activities.ingestDataset({ definition, reuse: false }));
  const input = { definition, dataset: step.result.dataset, reuse: false };
  const [, profile] = await timed(() => activities.profileDataset(input));
  const [, features] = await timed(() => activities.prepareFeatures(input));
  return { ingest, profile, features };
}

async function timed<T>(act: () => Promise<T>): Promise<[result: T, seconds: number]> {
  const start = performance.now();
  const result = await act();
  return [result, (performance.now() - start) / 1000];
}
