import { z } from 'zod';
import type { FoldMetrics } from '../../../contracts/results.js';
import { uploadArtifact, logMetrics, logParams, setRunTags } from '../run-data.js';
import type { MlflowClient } from '../client.js';
import { ensureRun } from '../ensure-run.js';
import { endRun, ensureExperiment, findRuns, type MlflowRun, type RunEnd } from '../runs.js';
import type { ArtifactStore } from '../../../store/artifacts.js';
import { checkContent, checkFiles } from './check-content.js';
import type { RunContent, RunFile, RunTracker } from './content.js';
import { type DatasetInput, datasetInput } from './dataset-input.js';
import { endOf, outcomeContent, outcomeFiles } from './outcome-content.js';
import { candidateContent, candidateFiles, pipelineContent } from './training-content.js';

interface Tools {
  client: MlflowClient;
  /** Holds the metrics of folds. */
  store: Pick<ArtifactStore, 'get'>;
  now: () => Date;
}

/** Experiment of a model's drift checks, apart from its training runs: there may be one every hour. */
const driftExperiment = (model: string) => `${model} drift`;

/**
 * Follows runs in MLflow: an experiment per model, a run per pipeline, below it a run per candidate, and a run per drift
 * check in an experiment of their own. A repeated try finds the runs of the one before by their keys and writes the same
 * values at the same times. Throws what the client throws, and what the store throws when it lacks the metrics of folds.
 */
export function createMlflowTracker({ client, store, now }: Tools): RunTracker {
  return {
    async trained(training) {
      const { definition, dataset, leaderboard } = training;
      const experimentId = await ensureExperiment(client, definition.model);
      const input = datasetInput(definition, dataset);
      const parent = await writeRun(client, experimentId, pipelineContent(training), []);
      await logInput(client, parent, input);
      for (const row of leaderboard) {
        const folds = JSON.parse(new TextDecoder().decode(await store.get(row.foldMetrics))) as FoldMetrics;
        const content = candidateContent(training, row, folds);
        const tags = { ...content.tags, [PARENT]: parent.runId };
        const child = await writeRun(client, experimentId, { ...content, tags }, candidateFiles(row));
        await logInput(client, child, input);
        await endRun(client, child, 'FINISHED', now().getTime());
      }
    },

    async ended(report, files) {
      const experimentId = await ensureExperiment(client, report.model.name);
      const parent = await writeRun(client, experimentId, outcomeContent(report), outcomeFiles(report, files));
      await endFamily(client, experimentId, parent, endOf(report), Date.parse(report.createdAt));
    },

    async checked(report, files) {
      const experimentId = await ensureExperiment(client, driftExperiment(report.check.model.name));
      const run = await writeRun(client, experimentId, checkContent(report), checkFiles(files));
      await endRun(client, run, 'FINISHED', now().getTime());
    },
  };
}

/** Tag of a run that is below another, as MLflow's pages read it. */
const PARENT = 'mlflow.parentRunId';

/** Finds the run, or makes it, and writes what it holds. */
async function writeRun(
  client: MlflowClient,
  experimentId: string,
  content: RunContent,
  files: RunFile[],
): Promise<MlflowRun> {
  const { key, name, startedAt, tags, params, points } = content;
  const run = await ensureRun(client, { experimentId, key, name, startTime: startedAt, tags });
  await setRunTags(client, run, tags);
  await logParams(client, run, params);
  // By the run's own start, which stays what the first try said: a point is the same in every try.
  const timed = points.map((point) => ({ ...point, timestamp: run.startTime + point.step }));
  await logMetrics(client, run, timed);
  for (const { path, text } of files) await uploadArtifact(client, run, path, new TextEncoder().encode(text));
  return run;
}

/** MLflow keeps an input once, by name and digest. */
async function logInput(client: MlflowClient, { runId }: MlflowRun, input: DatasetInput): Promise<void> {
  await client.send('POST', 'runs/log-inputs', { run_id: runId, datasets: [input] }, z.looseObject({}));
}

/** Ends a run and those below it that have not ended, as when trying to write them all was given up. */
async function endFamily(client: MlflowClient, experimentId: string, parent: MlflowRun, end: RunEnd, at: number) {
  const below = await findRuns(client, experimentId, `tags.\`${PARENT}\` = '${parent.runId}'`);
  for (const run of [...below, parent]) await endRun(client, run, end, at);
}
