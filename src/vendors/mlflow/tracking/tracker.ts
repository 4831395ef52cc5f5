import type { Definition } from '../../../contracts/definition.js';
import type { FoldMetrics, IngestResult } from '../../../contracts/results.js';
import type { RunTracker } from '../../../report/tracking.js';
import type { ArtifactStore } from '../../../store/artifacts.js';
import type { MlflowClient } from '../client.js';
import { ensureRun, endRun, ensureExperiment, findRuns, type MlflowRun, type RunEnd } from '../runs.js';
import { nothing, uploadArtifact, logMetrics, logParams, setRunTags } from '../run-data.js';
import { checkContent, checkFiles } from './check-content.js';
import type { RunContent, RunFile } from './content.js';
import { endOf, outcomeContent, outcomeFiles } from './outcome-content.js';
import { candidateContent, candidateFiles, pipelineContent } from './training-content.js';
import { columnSpec, type ColumnSpec } from '../column-spec.js';

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
  await client.send('POST', 'runs/log-inputs', { run_id: runId, datasets: [input] }, nothing);
}

/** Ends a run and those below it that have not ended, as when trying to write them all was given up. */
async function endFamily(client: MlflowClient, experimentId: string, parent: MlflowRun, end: RunEnd, at: number) {
  const below = await findRuns(client, experimentId, `tags.\`${PARENT}\` = '${parent.runId}'`);
  for (const run of [...below, parent]) await endRun(client, run, end, at);
}

/** Characters of a dataset's digest and name that MLflow takes. */
const LIMITS = { digest: 36, name: 500 };

/** Element of `datasets` in `runs/log-inputs`; schema, profile and source are JSON of MLflow's own shapes. */
interface DatasetInput {
  tags: { key: string; value: string }[];
  dataset: { name: string; digest: string; source_type: string; source: string; schema: string; profile: string };
}

/**
 * The table that was learned from, by file name, columns and number of rows, never by its values. The digest is one half
 * of the source's hash and one of the hash of the rows that were kept, because MLflow keeps one schema and profile per
 * name and digest, and another definition may keep others of the same file.
 */
export function datasetInput({ columns }: Definition, ingested: IngestResult): DatasetInput {
  const half = LIMITS.digest / 2;
  const schema: ColumnSpec[] = [...columns.map(columnSpec), { type: 'integer', name: 'label', required: true }];
  const profile = {
    num_rows: ingested.rows,
    num_elements: ingested.rows * schema.length,
    positives: ingested.positives,
    rejected: ingested.rejected,
  };
  return {
    tags: [{ key: 'mlflow.data.context', value: 'training' }],
    dataset: {
      name: fileName(ingested.uri).slice(0, LIMITS.name),
      digest: `${ingested.sourceSha256.slice(0, half)}${ingested.dataset.sha256.slice(0, half)}`,
      ...sourceOf(ingested.uri),
      schema: JSON.stringify({ mlflow_colspec: schema }),
      profile: JSON.stringify(profile),
    },
  };
}

/** Of MLflow's own source types, with the field that each of them reads. */
function sourceOf(uri: string): Pick<DatasetInput['dataset'], 'source_type' | 'source'> {
  const place = withoutSecrets(uri);
  return /^https?:/i.test(place)
    ? { source_type: 'http', source: JSON.stringify({ url: place }) }
    : { source_type: 'local', source: JSON.stringify({ uri: place }) };
}

const withoutSecrets = (uri: string) => uri.replace(/[?#].*$/s, '').replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/]*@/i, '$1');

const fileName = (uri: string) =>
  withoutSecrets(uri)
    .replace(/^[^:]+:\/\/[^/]*/, '')
    .split('/')
    .at(-1) || 'data set';
