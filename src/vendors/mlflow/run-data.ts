import { z } from 'zod';
import { PipelineFailure } from '../../contracts/failures.js';
import type { MlflowClient } from './client.js';

interface RunId {
  runId: string;
}

/** An answer of which nothing is wanted. */
export const nothing = z.looseObject({});

/** A tag or parameter as the protocol has it. */
export const pair = z.looseObject({ key: z.string(), value: z.string().default('') });

/** Tags or parameters for a request. */
export const pairs = (values: Record<string, string>) => Object.entries(values).map(([key, value]) => ({ key, value }));

/** Tags or parameters of an answer, by key. */
export const asMap = (found: z.infer<typeof pair>[]) => new Map(found.map(({ key, value }) => [key, value]));

/** Sets tags, which may be set again. */
export const setRunTags = (client: MlflowClient, { runId }: RunId, tags: Record<string, string>): Promise<void> =>
  inBatches(pairs(tags), BATCH.tags, (part) => logBatch(client, runId, { tags: part }));

/** Logs parameters; the same values may be logged again, others are refused. */
export const logParams = (client: MlflowClient, { runId }: RunId, params: Record<string, string>): Promise<void> =>
  inBatches(pairs(params), BATCH.params, (part) => logBatch(client, runId, { params: part }));

/** One value of a metric, at a time in milliseconds since 1970. */
interface MetricPoint {
  key: string;
  value: number;
  step: number;
  timestamp: number;
}

/** What one request may hold (mlflow/utils/validation.py of 3.17). */
const BATCH = { metrics: 1000, params: 100, tags: 100 };

/**
 * Logs points that are not there yet. MLflow appends, so those up to the latest step of their metric are left out.
 * @param points of each metric in ascending steps, the same in every try
 */
export async function logMetrics(client: MlflowClient, { runId }: RunId, points: MetricPoint[]): Promise<void> {
  const latest = z.looseObject({ key: z.string(), step: z.coerce.number().default(0) });
  const data = z.looseObject({ metrics: z.array(latest).default([]) });
  const answer = z.looseObject({ run: z.looseObject({ data: data.default({ metrics: [] }) }) });
  const { run } = await client.get('runs/get', { run_id: runId }, answer);
  const reached = new Map(run.data.metrics.map(({ key, step }) => [key, step]));
  const missing = points.filter(({ key, step }) => step > (reached.get(key) ?? -1));
  await inBatches(missing, BATCH.metrics, (part) => logBatch(client, runId, { metrics: part }));
}

async function logBatch(client: MlflowClient, runId: string, part: object): Promise<void> {
  await client.send('POST', 'runs/log-batch', { run_id: runId, ...part }, nothing);
}

async function inBatches<T>(items: T[], size: number, send: (part: T[]) => Promise<void>): Promise<void> {
  for (let start = 0; start < items.length; start += size) await send(items.slice(start, start + size));
}

/** Where a run keeps its files. */
interface RunFiles {
  artifactUri: string;
}

/** Puts a file under a run's artifacts, through the server. @throws PipelineFailure `RegistryUnusable` when it keeps none */
export async function uploadArtifact(client: MlflowClient, run: RunFiles, path: string, bytes: Uint8Array) {
  await client.putArtifact(`${artifactRoot(run)}/${path}`, bytes);
}

/** A file under a run's artifacts, `null` when there is none. @throws PipelineFailure `RegistryUnusable` when the server keeps none */
export const downloadArtifact = (client: MlflowClient, run: RunFiles, path: string): Promise<Uint8Array | null> =>
  client.getArtifact(`${artifactRoot(run)}/${path}`);

/** Where a run's artifacts are below the server's artifact root. */
function artifactRoot({ artifactUri }: RunFiles): string {
  const root = /^mlflow-artifacts:(?:\/\/[^/]*)?\/(.+)$/.exec(artifactUri)?.[1];
  if (root !== undefined) return root;
  throw new PipelineFailure(
    'RegistryUnusable',
    `The MLflow server does not keep artifacts itself (they would be at a ${artifactUri.split(':')[0]!}: address): start it with --artifacts-destination and without --default-artifact-root.`,
  );
}
