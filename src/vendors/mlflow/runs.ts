import { z } from 'zod';
import { PipelineFailure } from '../../contracts/failures.js';
import { allPages } from '../http/exchange.js';
import { absent, type MlflowClient, MlflowRefusal, endless } from './client.js';
import { asMap, nothing, pair, pairs } from './run-data.js';

/** Tag by which a run is found again; its value is unique within an experiment. */
export const RUN_KEY = 'mlops.key';

/** How a run ended, in MLflow's words. */
export type RunEnd = 'FINISHED' | 'FAILED' | 'KILLED';

/** A run as it was when it was looked up. */
export interface MlflowRun {
  runId: string;
  status: string;
  /** Milliseconds since 1970. */
  startTime: number;
  /** Where its artifacts are, `mlflow-artifacts:/...` when the server keeps them. */
  artifactUri: string;
}

interface RunDraft {
  experimentId: string;
  /** Becomes the tag {@link RUN_KEY}. */
  key: string;
  /** For people. */
  name: string;
  /** Milliseconds since 1970. */
  startTime: number;
  tags: Record<string, string>;
}

/** Has MLflow 3 show an experiment as training, not as traces of language models. */
const KIND = { 'mlflow.experimentKind': 'custom_model_development' };

/** Runs that one search gives; of one key there are two at most, for a moment. */
const PAGE = 200;

const experiment = z.looseObject({ experiment_id: z.string(), lifecycle_stage: z.string() });
const runInfo = z.looseObject({
  run_id: z.string(),
  status: z.string(),
  start_time: z.coerce.number(),
  artifact_uri: z.string(),
});
const run = z.looseObject({ info: runInfo });
const runData = z.looseObject({ params: z.array(pair).default([]), tags: z.array(pair).default([]) });
const wholeRun = z.looseObject({
  info: runInfo.extend({ lifecycle_stage: z.string() }),
  data: runData.default({ params: [], tags: [] }),
});

/** Id of the experiment of this name, which is made when there is none. */
export async function ensureExperiment(client: MlflowClient, name: string): Promise<string> {
  const known = await experimentCalled(client, name);
  if (known !== null) return known;
  try {
    const made = z.looseObject({ experiment_id: z.string() });
    return (await client.send('POST', 'experiments/create', { name, tags: pairs(KIND) }, made)).experiment_id;
  } catch (error) {
    if (!(error instanceof MlflowRefusal) || error.code !== 'RESOURCE_ALREADY_EXISTS') throw error;
    const meanwhile = await experimentCalled(client, name);
    if (meanwhile === null) throw error;
    return meanwhile;
  }
}

async function experimentCalled(client: MlflowClient, name: string): Promise<string | null> {
  const answer = z.looseObject({ experiment: experiment });
  const found = await absent(client.get('experiments/get-by-name', { experiment_name: name }, answer));
  if (found === null) return null;
  if (found.experiment.lifecycle_stage === 'active') return found.experiment.experiment_id;
  throw new PipelineFailure(
    'RegistryUnusable',
    `The MLflow experiment ${name} was deleted, and its name cannot be used again: restore it (mlflow experiments restore), or delete it for good (mlflow gc).`,
  );
}

/** Makes a run, whether there is one with this key or not. */
export async function createRun(client: MlflowClient, draft: RunDraft): Promise<MlflowRun> {
  const { experimentId, key, name, startTime, tags } = draft;
  const body = {
    experiment_id: experimentId,
    run_name: name,
    start_time: startTime,
    tags: pairs({ ...tags, [RUN_KEY]: keyTag(key) }),
  };
  return runOf((await client.send('POST', 'runs/create', body, z.looseObject({ run }))).run.info);
}

/** A quotation mark would end the value in a filter. */
const keyTag = (key: string): string => key.replaceAll("'", '_');

/** Finds the runs with this key. */
export const keyFilter = (key: string): string => `tags.\`${RUN_KEY}\` = '${keyTag(key)}'`;

/** A run with its parameters and tags. */
export interface FoundRun extends MlflowRun {
  params: Map<string, string>;
  tags: Map<string, string>;
}

/** Runs of an experiment that fit a filter, without deleted ones, by its pages. */
export async function findRuns(client: MlflowClient, experimentId: string, filter: string): Promise<FoundRun[]> {
  const answer = z.looseObject({ runs: z.array(wholeRun).default([]), next_page_token: z.string().default('') });
  const asked = { experiment_ids: [experimentId], filter, max_results: PAGE, run_view_type: 'ACTIVE_ONLY' };
  const pages = await allPages(
    (token) => client.send('POST', 'runs/search', { ...asked, ...(token && { page_token: token }) }, answer),
    (page) => page.next_page_token,
    (why) => endless('runs/search', why),
  );
  return pages.flatMap(({ runs }) => runs.map(foundRunOf));
}

const runOf = (info: z.infer<typeof runInfo>): MlflowRun => ({
  runId: info.run_id,
  status: info.status,
  startTime: info.start_time,
  artifactUri: info.artifact_uri,
});

const foundRunOf = ({ info, data }: z.infer<typeof wholeRun>): FoundRun => ({
  ...runOf(info),
  params: asMap(data.params),
  tags: asMap(data.tags),
});

/** Ends a run that has not ended; the first end stays. */
export async function endRun(client: MlflowClient, { runId, status }: MlflowRun, end: RunEnd, endTime: number) {
  if (status !== 'RUNNING' && status !== 'SCHEDULED') return;
  await client.send('POST', 'runs/update', { run_id: runId, status: end, end_time: endTime }, nothing);
}

/** `null` when there is none; a deleted one has `active: false`. */
export async function getRun(client: MlflowClient, runId: string): Promise<(FoundRun & { active: boolean }) | null> {
  const found = await absent(client.get('runs/get', { run_id: runId }, z.looseObject({ run: wholeRun })));
  return found && { ...foundRunOf(found.run), active: found.run.info.lifecycle_stage === 'active' };
}

/**
 * Logs one parameter that is written once and for all.
 * @returns false when it is there with another value, which stays
 */
export async function claimParam(
  client: MlflowClient,
  runId: string,
  { key, value }: { key: string; value: string },
): Promise<boolean> {
  try {
    await client.send('POST', 'runs/log-parameter', { run_id: runId, key, value }, nothing);
    return true;
  } catch (error) {
    if (!(error instanceof MlflowRefusal) || error.code !== 'INVALID_PARAMETER_VALUE') throw error;
    const there = (await getRun(client, runId))?.params.get(key);
    if (there === undefined) throw error;
    return there === value;
  }
}

/** Deletes a run; it may be deleted again. */
export async function deleteRun(client: MlflowClient, runId: string): Promise<void> {
  await client.send('POST', 'runs/delete', { run_id: runId }, nothing);
}

/** Names the run of a pipeline in MLflow, for the registry as for the tracker: whichever comes first makes it. */
export const runKey = ({ workflowId, runId }: { workflowId: string; runId: string }): string =>
  `${workflowId}/${runId}`;

/** Parameter that says whether a run stands for its key; MLflow takes a parameter once. */
const STANDS = 'mlops.stands';
const YES = 'true';
const NO = 'false';

/** Rivals that may come between before one gives up for this try. */
const RIVALS = 10;

/**
 * The run with this key, which is made when there is none. Of those that were made at once, or late of a request that was
 * given up, one stands for the key, the same for all and for ever, and the others are deleted.
 */
export async function ensureRun(client: MlflowClient, draft: RunDraft): Promise<MlflowRun> {
  const find = () => findRuns(client, draft.experimentId, keyFilter(draft.key));
  for (let rival = 0; rival < RIVALS; rival++) {
    let found = await find();
    if (found.every(isRuledOut)) {
      await createRun(client, draft);
      found = await find();
    }
    const standing = await settle(client, found);
    if (standing === null) continue;
    for (const { runId } of found) if (runId !== standing.runId) await deleteRun(client, runId);
    return standing;
  }
  throw new Error(`Others made the MLflow run ${draft.name} all the time; try again.`);
}

/**
 * Rules out all but one, then has that one stand. Who made a run looks for others afterwards, so that of two makers one at
 * least knows both runs, and has the other ruled out before its own stands.
 * @returns `null` when a rival settled it otherwise meanwhile
 */
async function settle(client: MlflowClient, found: FoundRun[]): Promise<FoundRun | null> {
  const [first, ...others] = found
    .filter((run) => !isRuledOut(run))
    .sort((a, b) => Number(stands(b)) - Number(stands(a)) || (a.runId < b.runId ? -1 : 1));
  if (first === undefined) return null;
  for (const { runId } of others) if (!(await claimParam(client, runId, { key: STANDS, value: NO }))) return null;
  if (stands(first)) return first;
  return (await claimParam(client, first.runId, { key: STANDS, value: YES })) ? first : null;
}

const stands = ({ params }: FoundRun): boolean => params.get(STANDS) === YES;
const isRuledOut = ({ params }: FoundRun): boolean => params.get(STANDS) === NO;
