import { PipelineFailure } from '../../../contracts/failures.js';
import { pointersOf } from '../../../registry/history.js';
import type { Alias, LogEntry } from '../../../registry/registry.js';
import { type MlflowClient, MlflowRefusal } from '../client.js';
import { createModel, findModel, type MlflowModel, setModelAlias, setVersionTag } from '../models.js';
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

/** Looks before one gives up for this try, as others keep changing it. */
const LOOKS = 20;

/** MLflow may refuse one of two who set the same at once; so many refusals are taken for such before one is passed on. */
const REFUSALS = 5;

/** Tags of a version: the latest verdict of its gate, and the latest decision on it. */
export const GATE = 'mlops.gate';
const APPROVAL = 'mlops.approval';

/** What {@link GATE} says. */
export const gateTag = ({ passed }: { passed: boolean }): string => (passed ? 'passed' : 'refused');

/** What MLflow shows and what it is to show; `set` makes it so. */
interface Shown<T> {
  wanted: T;
  found: T;
  set: (wanted: T) => Promise<void>;
}

/**
 * Has MLflow show what the log says. It looks again after each change, so that of two writers the later one's truth
 * stays, and at the first look mends what a killed writer left.
 */
async function untilShown<T>(look: () => Promise<Shown<T>[]>): Promise<void> {
  let refusals = 0;
  for (let again = 0; again < LOOKS; again++) {
    const different = (await look()).filter(({ wanted, found }) => wanted !== found);
    if (different.length === 0) return;
    for (const { wanted, set } of different) {
      try {
        await set(wanted);
      } catch (error) {
        if (!(error instanceof MlflowRefusal) || ++refusals > REFUSALS) throw error;
      }
    }
  }
  throw new Error('Others changed what MLflow shows of a model all the time; try again.');
}

/** An alias as MLflow takes them, letters, digits, `_` and `-`: different ones stay different. */
export const mlflowAlias = (alias: Alias): string =>
  alias.replace(/[^A-Za-z0-9-]/g, (character) => (character === '_' ? '__' : '_-'));

/** Has an alias of the registered model point where the log says. */
export const showAlias = (
  client: MlflowClient,
  name: string,
  alias: Alias,
  look: () => Promise<{ log: LogEntry[]; aliases: Map<string, number> }>,
): Promise<void> =>
  untilShown(async () => {
    const { log, aliases } = await look();
    const wanted = pointersOf(log).get(alias) ?? null;
    const found = aliases.get(mlflowAlias(alias)) ?? null;
    return [{ wanted, found, set: (version) => setModelAlias(client, name, mlflowAlias(alias), version) }];
  });

/** Has the tags of a version tell the latest verdict of its gate and the latest decision on it. */
export const showVerdicts = (
  client: MlflowClient,
  name: string,
  version: number,
  look: () => Promise<{ gate: { passed: boolean }; decision: string | null; tags: Map<string, string> }>,
): Promise<void> =>
  untilShown(async () => {
    const { gate, decision, tags } = await look();
    const wanted = { [GATE]: gateTag(gate), ...(decision !== null && { [APPROVAL]: decision }) };
    return Object.entries(wanted).map(([tag, wanted]) => ({
      wanted,
      found: tags.get(tag),
      set: () => setVersionTag(client, name, version, tag, wanted),
    }));
  });
