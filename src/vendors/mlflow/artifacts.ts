import { PipelineFailure } from '../../contracts/failures.js';
import type { MlflowClient } from './client.js';
import type { MlflowRun } from './runs.js';

/** Puts a file under a run's artifacts, through the server. @throws PipelineFailure `RegistryUnusable` when it keeps none */
export async function uploadArtifact(client: MlflowClient, run: MlflowRun, path: string, bytes: Uint8Array) {
  await client.putArtifact(`${artifactRoot(run)}/${path}`, bytes);
}

/** A file under a run's artifacts, `null` when there is none. @throws PipelineFailure `RegistryUnusable` when the server keeps none */
export const downloadArtifact = (client: MlflowClient, run: MlflowRun, path: string): Promise<Uint8Array | null> =>
  client.getArtifact(`${artifactRoot(run)}/${path}`);

/** Where a run's artifacts are below the server's artifact root. */
function artifactRoot({ artifactUri }: MlflowRun): string {
  const root = /^mlflow-artifacts:(?:\/\/[^/]*)?\/(.+)$/.exec(artifactUri)?.[1];
  if (root !== undefined) return root;
  throw new PipelineFailure(
    'RegistryUnusable',
    `The MLflow server does not keep artifacts itself (they would be at a ${artifactUri.split(':')[0]!}: address): start it with --artifacts-destination and without --default-artifact-root.`,
  );
}
