import type { MlflowClient } from './client.js';
import {
  claimParam,
  createRun,
  deleteRun,
  findRuns,
  type FoundRun,
  keyFilter,
  type MlflowRun,
  type RunDraft,
} from './runs.js';

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
