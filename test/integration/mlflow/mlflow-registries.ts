import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createMlflowClient } from '../../../src/vendors/mlflow/client.js';
import { createMlflowRegistry } from '../../../src/vendors/mlflow/registry/registry.js';
import type { ModelRegistry, VersionDraft } from '../../../src/registry/registry.js';
import { createFileStore } from '../../support/file-store.js';
import { draftsIn } from '../../unit/registry/draft.js';
import { makeDirectory } from '../../support/temp.js';
import { startMlflow } from './mlflow.js';
import { mlflowReader } from './mlflow-reader.js';
import { serviceProgram } from '../services.js';
import { logKey } from '../../unit/registry/log-key.js';

/** What MLflow has of a model, without what is another one in every model. */
export interface Seen {
  versions: { version: string; tags: string[] }[];
  /** Tags of each run of its experiment, and of that of its log; deleted ones count. */
  runs: string[][];
  logRuns: string[][];
}

/** A version as the server tells of it. */
interface VersionInMlflow {
  version: string;
  source: string;
  run_id: string;
  tags: { key: string; value: string }[];
}

/** An MLflow server, and registries as several processes have them. */
export async function openRegistries() {
  const [mlflow, directory] = await Promise.all([startMlflow(), makeDirectory()]);
  const store = createFileStore(directory);
  const draftOf: (digit: string, name: string) => VersionDraft = await draftsIn(store);
  const reader = mlflowReader(mlflow.uri);

  const emptyStore = () => createFileStore(join(directory, randomUUID()));

  const registryOver = (uri: string, kept = store): ModelRegistry =>
    createMlflowRegistry({
      client: createMlflowClient({ uri, authorization: null }),
      store: kept,
      now: () => new Date(),
      key: logKey,
    });

  const versionsOf = async (name: string): Promise<VersionInMlflow[]> => {
    const query = new URLSearchParams({ filter: `name = '${name}'` });
    const path = `model-versions/search?${query.toString()}`;
    return (await reader.ask<{ model_versions?: VersionInMlflow[] }>(path)).model_versions ?? [];
  };

  return {
    mlflow,
    reader,
    draftOf,
    versionsOf,
    /** One that knows nothing of what others did, with the store of the drafts. */
    registry: (uri = mlflow.uri) => registryOver(uri),
    /** One on another machine, whose store has nothing. */
    emptyRegistry: (kept = emptyStore()) => registryOver(mlflow.uri, kept),
    emptyStore,

    seen: async (name: string): Promise<Seen> => {
      const tagsOf = async (experiment: string) =>
        (await reader.runs(experiment)).map(({ tags }) => Object.keys(tags).sort());
      return {
        versions: (await versionsOf(name)).map(({ version, tags }) => ({
          version,
          tags: tags.map(({ key }) => key).sort(),
        })),
        runs: await tagsOf(name),
        logRuns: await tagsOf(`${name} log`),
      };
    },

    /** Where MLflow has an alias point, as a Python client is told. */
    aliasInMlflow: async (name: string, alias: string): Promise<number> => {
      const query = new URLSearchParams({ name, alias });
      type Found = { model_version: { version: string } };
      return Number((await reader.ask<Found>(`registered-models/alias?${query.toString()}`)).model_version.version);
    },

    /** Where the server has a file of the only version of a model, from its run's artifacts on. */
    fileOf: async (name: string, path: string): Promise<string> => {
      const place = (await versionsOf(name))[0]!.source.replace(/^mlflow-artifacts:\/+/, '');
      return join(mlflow.directory, 'artifacts', place, '..', path);
    },
    /** Changes the server's database behind its back. */
    sql: async (statement: string, ...values: string[]): Promise<void> => {
      const script =
        'import sqlite3, sys; db = sqlite3.connect(sys.argv[1]); db.execute(sys.argv[2], sys.argv[3:]); db.commit()';
      const database = join(mlflow.directory, 'mlflow.db');
      await promisify(execFile)(serviceProgram('python'), ['-c', script, database, statement, ...values]);
    },

    close: async () => {
      await mlflow.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

export type Registries = Awaited<ReturnType<typeof openRegistries>>;
