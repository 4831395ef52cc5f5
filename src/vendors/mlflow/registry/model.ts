import { PipelineFailure } from '../../../contracts/failures.js';
import type { MlflowClient } from '../client.js';
import { createModel, findModel, type MlflowModel } from '../models.js';
import { createRun, deleteRun, ensureExperiment, findRuns, getRun, keyFilter, type MlflowRun } from '../runs.js';

/** Tag that tells registered models of this registry from others. */
export const KIND = { tag: 'mlops.kind', value: 'model' };

/** Tag of a registered model: the run that holds its log. */
const LOG_RUN = 'mlops.log_run';

/** Key of the runs that hold logs. */
const LOG_KEY = 'log';

/** Experiment of a model's log, apart from its training runs. */
const logExperiment = (name: string) => `${name} log`;

/** A registered model that this registry made. */
export interface OwnModel extends Pick<MlflowModel, 'aliases'> {
  /** Id of the run that holds its log. */
  logRun: string;
}

/** `null` when there is no registered model of this name. @throws PipelineFailure `RegistryUnusable` for another's */
export async function findOwnModel(client: MlflowClient, name: string): Promise<OwnModel | null> {
  const found = await findModel(client, name);
  if (found === null) return null;
  const logRun = found.tags.get(LOG_RUN);
  if (found.tags.get(KIND.tag) !== KIND.value || logRun === undefined)
    throw new PipelineFailure(
      'RegistryUnusable',
      `The registered model ${name} in MLflow was not made by this pipeline, as it lacks the tags ${KIND.tag} and ${LOG_RUN}: rename it there, or give the model of the definition another name.`,
    );
  return { aliases: found.aliases, logRun };
}

/**
 * The registered model, which is made when there is none. Of makers at the same time one wins for all, and the others
 * delete the run that they meant for its log: only then, as another may have found it meanwhile.
 */
export async function ensureOwnModel(client: MlflowClient, name: string, now: () => Date): Promise<OwnModel> {
  const known = await findOwnModel(client, name);
  if (known !== null) return known;
  const run = await emptyLogRun(client, name, now);
  await createModel(client, name, { [KIND.tag]: KIND.value, [LOG_RUN]: run.runId });
  const made = await findOwnModel(client, name);
  if (made === null) throw new Error(`The registered model ${name} went while it was made; try again.`);
  if (made.logRun !== run.runId) await deleteRun(client, run.runId);
  return made;
}

/** One that a killed maker left, or a new one: the log of a model that was deleted stays with what it says. */
async function emptyLogRun(client: MlflowClient, name: string, now: () => Date): Promise<MlflowRun> {
  const experimentId = await ensureExperiment(client, logExperiment(name));
  for (const run of await findRuns(client, experimentId, keyFilter(LOG_KEY)))
    if ((await getRun(client, run.runId))?.params.size === 0) return run;
  const draft = { experimentId, key: LOG_KEY, name: `log of ${name}`, startTime: now().getTime() };
  return createRun(client, { ...draft, tags: { [KIND.tag]: 'log' } });
}
