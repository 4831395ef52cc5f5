import { join } from 'node:path';
import { z } from 'zod';
import type { ArtifactRef } from '../contracts/values.js';
import type { Definition } from '../contracts/definition.js';
import type { FeaturesResult, IngestResult, ProfileResult } from '../contracts/results.js';
import { ingestTable } from '../data/ingest.js';
import { fetchSource } from '../data/source.js';
import { artifact, definition, inputsOf } from './inputs/parse.js';
import type { Ports } from './ports.js';
import { computeOnce, computeTask, type Step, type StepPorts } from './reuse.js';

/** What is prepared; `reuse` takes what an earlier run computed of the same. */
export interface PrepareInput {
  definition: Definition;
  dataset: ArtifactRef;
  reuse: boolean;
}

/** Ingest, profile, features: get the rows, look at them, split them, and check what learning would stumble over. */
export function createPrepareActivities(ports: StepPorts & Pick<Ports, 'openObject' | 'downloads'>) {
  const { store, running, openObject, downloads } = ports;
  return {
    /** The only activity that sees the source. Rows leave it typed, allow-listed and nameless. */
    ingestDataset: ({ definition, reuse }: Omit<PrepareInput, 'dataset'>): Promise<Step<IngestResult>> =>
      store.withScratch(async (scratch) => {
        const { dataset, columns, target } = definition;
        const { maxRejectedShare, missing, dialect } = dataset;
        const { signal } = running();
        const source = await fetchSource(dataset.uri, scratch, signal, openObject, downloads);
        const { sha256, format } = source;
        const inputs = { sha256, format, maxRejectedShare, missing, dialect, columns, target };
        const step = await computeOnce(ports, 'ingest/3', inputs, reuse, async () => {
          const outputPath = join(scratch, 'dataset.parquet');
          const report = await ingestTable({ source, definition: { dataset, columns, target }, outputPath, signal });
          return { ...report, dataset: await store.putFile(outputPath) };
        });
        return { ...step, result: { uri: source.displayUri, sourceSha256: sha256, ...step.result } };
      }),

    profileDataset({ definition, dataset, reuse }: PrepareInput): Promise<Step<ProfileResult>> {
      const input = { dataset, columns: definition.columns.map(({ name }) => name) };
      return computeTask(ports, 'profile/2', input, reuse);
    },

    prepareFeatures({ definition, dataset, reuse }: PrepareInput): Promise<Step<FeaturesResult>> {
      const { columns, split, validation } = definition;
      const input = { dataset, columns, split, folds: validation.folds };
      return computeTask(ports, 'features/3', input, reuse);
    },
  };
}

const prepareInput = z.strictObject({ definition, dataset: artifact, reuse: z.boolean() });

/** Stage and schema of each. */
export const PREPARE_INPUTS = inputsOf<ReturnType<typeof createPrepareActivities>>()({
  ingestDataset: { stage: 'ingest', input: prepareInput.omit({ dataset: true }) },
  profileDataset: { stage: 'profile', input: prepareInput },
  prepareFeatures: { stage: 'features', input: prepareInput },
});
