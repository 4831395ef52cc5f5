import { rm } from 'node:fs/promises';
import { afterAll, beforeAll } from 'vitest';
import { createMlflowClient } from '../../../src/vendors/mlflow/client.js';
import { deleteVersion } from '../../../src/vendors/mlflow/models.js';
import { createMlflowRegistry } from '../../../src/vendors/mlflow/registry/registry.js';
import { createFileStore } from '../../support/file-store.js';
import { registryBehaviour } from '../../unit/registry/behaviour.js';
import { draftsIn } from '../../unit/registry/draft.js';
import { makeDirectory } from '../../support/temp.js';
import { type MlflowServer, startMlflow } from './mlflow.js';
import { logKey } from '../../unit/registry/log-key.js';

let mlflow: MlflowServer;
let directory: string;
let used = 0;

beforeAll(async () => {
  [mlflow, directory] = await Promise.all([startMlflow(), makeDirectory()]);
});

afterAll(async () => {
  await mlflow.close();
  await rm(directory, { recursive: true, force: true });
});

registryBehaviour('MLflow registry', async () => {
  const store = createFileStore(directory);
  const draftIn = await draftsIn(store);
  const name = `behaviour-${String(++used).padStart(2, '0')}`;
  const client = createMlflowClient({ uri: mlflow.uri, authorization: null });
  return {
    registry: createMlflowRegistry({ client, store, now: () => new Date(), key: logKey }),
    name,
    draftOf: (digit, of = name) => draftIn(digit, of),
    lose: (version) => deleteVersion(client, name, version),
  };
});
