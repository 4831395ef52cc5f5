import { join } from 'node:path';
import { z } from 'zod';
import type { ArtifactRef } from '../contracts/artifact.js';
import type { Definition } from '../contracts/definition.js';
import type { FeaturesResult, ProfileResult, IngestResult } from '../contracts/results.js';
import { ingestTable } from '../data/ingest.js';
import { fetchSource } from '../data/source.js';
import { inputsOf, artifact, definition } from './inputs/parse.js';
import type { Ports } from './ports.js';
import { computeTask, type Step, computeOnce } from './reuse.js';

export interface PrepareInput {
  definition: Definition;
  dataset: ArtifactRef;
  reuse: boolean;
}

/** Profile and features: look at the rows, split them, and check what learning would stumble over. */
export function createPrepareActivities(ports: Ports) {
  return {
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

/** What each of these is given. The types ask for an activity, or a field of its input, that is added. */
export const PREPARE_INPUTS = inputsOf<ReturnType<typeof createPrepareActivities>>()({
  profileDataset: { stage: 'profile', input: z.strictObject({ definition, dataset: artifact, reuse: z.boolean() }) },
  prepareFeatures: { stage: 'features', input: z.strictObject({ definition, dataset: artifact, reuse: z.boolean() }) },
});

/** Ingest: the only stage that sees the source. Rows leave it typed, allow-listed and nameless. */
export function createIngestActivities(ports: Ports) {
  const { store } = ports;
  return {
    ingestDataset: (input: { definition: Definition; reuse: boolean }): Promise<Step<IngestResult>> =>
      store.withScratch(async (scratch) => {
        const { dataset, columns, target } = input.definition;
        const { signal } = ports.running();
        const source = await fetchSource(dataset.uri, scratch, signal, ports.openObject, ports.downloads);
        const inputs = {
          sha256: source.sha256,
          format: source.format,
          maxRejectedShare: dataset.maxRejectedShare,
          missing: dataset.missing,
          dialect: dataset.dialect,
          columns,
          target,
        };
        const step = await computeOnce(ports, 'ingest/3', inputs, input.reuse, async () => {
          const outputPath = join(scratch, 'dataset.parquet');
          const report = await ingestTable({ source, definition: { dataset, columns, target }, outputPath, signal });
          return { ...report, dataset: await store.putFile(outputPath) };
        });
        return { ...step, result: { uri: source.displayUri, sourceSha256: source.sha256, ...step.result } };
      }),
  };
}

/** What each of these is given. The types ask for an activity, or a field of its input, that is added. */
export const INGEST_INPUTS = inputsOf<ReturnType<typeof createIngestActivities>>()({
  ingestDataset: { stage: 'ingest', input: z.strictObject({ definition, reuse: z.boolean() }) },
});
