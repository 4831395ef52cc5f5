import { fileURLToPath } from 'node:url';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { unzipSync } from 'fflate';
import { createActivities, type Ports } from '../../../src/activities/index.js';
import type { TaskContext } from '../../../src/compute/task.js';
import { runTask } from '../../../src/compute/tasks/index.js';
import { openRegistry, openSecrets, openStore } from '../../../src/compose/composition.js';
import { readConfig } from '../../../src/config/config.js';
import type { ComparisonDetails } from '../../../src/contracts/monitoring.js';
import type { PipelineStatus } from '../../../src/contracts/pipeline.js';
import type { DriftReport } from '../../../src/contracts/results.js';
import { loadDefinition } from '../../../src/definition/definition.js';
import { snapshotOf } from '../../../src/vendors/evidently/snapshot.js';
import { openFingerprintKey } from '../../../src/compose/open-storage.js';
import { filesOf } from '../../../src/vendors/mlflow/registry/versions.js';
import { renderDriftReport } from '../../../src/report/drift-report.js';
import { createReportSink } from '../../../src/report/sink.js';
import { bundleHandler } from '../../../src/deploy/bundle.js';
import { parseModelDocument } from '../../../src/model/model-document.js';
import { predictRow } from '../../../src/model/predict.js';
import { createMlflowTracker } from '../../../src/vendors/mlflow/tracking/tracker.js';
import { driftReport } from '../../unit/report/drift-documents.js';
import { trainingReport } from '../../unit/report/training-documents.js';
import { createMemoryMlflow } from '../../unit/vendors/mlflow/tracking/memory-mlflow.js';
import { createFileObjects } from '../../../src/store/file-objects.js';

export const FEATURES = ['r', 'g', 'b', 'hb'] as const;

/** What a person's row holds. */
export interface Row {
  /** In the order of `FEATURES`. */
  values: number[];
  label: 0 | 1;
}

const HEADER = 'Number,Name,%Red Pixel,%Green pixel,%Blue pixel,Hb,Anaemic';

/** The rows as the source has them, with made-up names. */
const csvOf = (rows: Row[]): string =>
  `${[HEADER, ...rows.map(({ values, label }, i) => [i + 1, `person-${i}`, ...values, label === 1 ? 'Yes' : 'No'].join(','))].join('\n')}\n`;

/** What a run of the real activities made of a data set. */
export interface Run {
  /** What leaves the store, by its place as docs/privacy.md names it. */
  leaves: Map<string, Uint8Array>;
  /** What stays: exact reference, fingerprints, and the key that they were made under. */
  stays: { reference: Uint8Array; trainingRows: Uint8Array; key: Uint8Array };
}

/**
 * Trains on the rows with every activity of the pipeline, registers, checks a window for drift, and gathers all that goes to
 * MLflow, Evidently, reports, the deployed function, exports and histories.
 * @param window what was asked later: rows whose predictions are captured
 */
export async function runOver(home: string, rows: Row[], window: Row[], settings: string[] = []): Promise<Run> {
  const source = join(home, 'rows.csv');
  await mkdir(home, { recursive: true });
  await writeFile(source, csvOf(rows));
  const definition = await loadDefinition('pipelines/anemia.json', [
    ...[`dataset.uri=${source}`, 'validation.repeats=2', 'gate.minimum={}'],
    ...settings,
  ]);
  const config = readConfig({ MLOPS_HOME: home });
  const store = openStore(config);
  const registry = openRegistry(config);
  const fingerprintKey = () => openFingerprintKey(openSecrets(config));
  const context: TaskContext = {
    store,
    fingerprintKey,
    capture: (uri) => createFileObjects(fileURLToPath(uri)),
    report: () => undefined,
  };
  const memory = createMemoryMlflow();
  const now = () => new Date(Date.UTC(2026, 0, 1));
  const ports: Partial<Ports> = {
    ...{ store, registry, now, codeVersion: '1.0.0', commit: null, runUrl: () => null, captureUri: config.captureUri },
    compute: { run: (task, input) => runTask(task, input, context) },
    reports: createReportSink(createFileObjects(join(home, 'reports')), 'file:'),
    tracker: createMlflowTracker({ client: memory.client, store, now }),
    running: () => ({
      workflowId: 'train-1',
      runId: 'run-1',
      activityId: '1',
      signal: AbortSignal.timeout(60_000),
      report: () => undefined,
    }),
  };
  const activities = createActivities(ports as Ports); // the others have no part in these activities
  const leaves = new Map<string, Uint8Array>();
  const reported = <T>(activity: string, result: T): T => {
    leaves.set(`history/${activity}`, Buffer.from(JSON.stringify(result)));
    return result;
  };

  const reuse = false;
  const { result: dataset } = reported('ingestDataset', await activities.ingestDataset({ definition, reuse }));
  const input = { definition, dataset: dataset.dataset, reuse };
  const { result: profile } = reported('profileDataset', await activities.profileDataset(input));
  const { result: features } = reported('prepareFeatures', await activities.prepareFeatures(input));
  const { matrix, trainingRows } = features;
  const leaderboard = [];
  for (const candidate of definition.candidates) {
    const asked = { definition, matrix, candidate, without: null, reuse };
    leaderboard.push(
      reported(`crossValidate ${candidate.name}`, await activities.crossValidateCandidate(asked)).result,
    );
  }
  const chosen = leaderboard[0]!;
  const learned = { definition, datasetSha256: dataset.dataset.sha256, matrix, chosen, reuse };
  const { result: fit } = reported('fitCandidate', await activities.fitCandidate(learned));
  const { result: evaluation } = reported(
    'evaluateCandidate',
    await activities.evaluateCandidate({ definition, matrix, fit, reuse }),
  );
  const gate = reported(
    'judgeCandidate',
    await activities.judgeCandidate({ definition, matrix, model: fit.model, chosen }),
  );
  const model = reported(
    'registerModel',
    await activities.registerModel({
      ...{
        definition,
        dataset,
        profile: profile.profile,
        trainingRows,
        matrix,
        leaderboard,
        chosen,
        fit,
        evaluation,
        gate,
      },
      ...{ startedAt: now().toISOString(), origin: null },
    }),
  );
  const status: PipelineStatus = {
    ...trainingReport().status,
    ...{ leaderboard, chosen: chosen.candidate, holdout: fit.holdout, gate, model },
  };
  await activities.reportTraining({ definition, status, outcome: 'deployed', reason: '' });

  const version = await registry.version(model.name, model.version);
  for (const [path, ref] of filesOf(version)) leaves.set(`MLflow/${path}`, await store.get(ref));
  const { createdAt: _1, decisions: _2, version: _3, ...draft } = version;
  leaves.set('MLflow/version.json', Buffer.from(JSON.stringify(draft)));

  const report = await checked(home, {
    version: model,
    window,
  });
  const files = { html: renderDriftReport(report), json: JSON.stringify(report) };
  await createMlflowTracker({ client: memory.client, store, now }).checked(report, files);
  for (const [path, bytes] of memory.artifacts) leaves.set(`MLflow/${path.replace(/^.*?\/artifacts\//, '')}`, bytes);
  const runs = memory
    .runs()
    .map((run) => ({ ...run, tags: [...run.tags], params: [...run.params], inputs: [...run.inputs] }));
  leaves.set('MLflow/parameters, metrics, tags', Buffer.from(JSON.stringify(runs)));
  leaves.set('Evidently/snapshot', Buffer.from(JSON.stringify(snapshotOf(report))));

  const zip = await bundleHandler(await store.get(version.model), model);
  for (const [path, bytes] of Object.entries(unzipSync(zip))) leaves.set(`zip/${path}`, bytes);
  const stays = {
    reference: await store.get(version.lineage.reference),
    trainingRows: await store.get(version.lineage.trainingRows),
    key: await fingerprintKey(),
  };
  return { leaves, stays };

  /** Captures what the model says of a window, and compares it with the reference. */
  async function checked(
    home: string,
    { version, window }: { version: typeof model; window: Row[] },
  ): Promise<DriftReport> {
    const document = parseModelDocument(await store.get(fit.model));
    const answers = window.map(({ values }) => predictRow(document, values));
    const folder = join(home, 'capture', version.name, 'date=2026-01-01', 'hour=00');
    await mkdir(folder, { recursive: true });
    const line = {
      ...{ type: 'prediction', id: '8f14e45f-ceea-467f-a0e6-2f0f9d6a9c11', time: '2026-01-01T00:30:00.000Z' },
      ...{ model: version.name, version: version.version, sha256: version.sha256, offset: 0 },
      features: [...FEATURES],
      inputs: window.map(({ values }) => values),
      predictions: answers.map(({ prediction }) => prediction),
      scores: answers.map(({ score }) => score),
    };
    await writeFile(join(folder, 'part.jsonl'), `${JSON.stringify(line)}\n`);
    const times = { from: '2026-01-01T00:00:00.000Z', to: '2026-01-01T01:00:00.000Z' };
    await registry.setAlias(version.name, {
      alias: 'champion',
      version: version.version,
      by: 'train-1',
      reason: 'deployed',
    });
    const found = reported('compareWindow', await activities.compareWindow({ definition, window: times }));
    if (found.rows !== window.length) throw new Error(`${found.rows} captured rows were read`);
    const details = JSON.parse(new TextDecoder().decode(await store.get(found.details))) as ComparisonDetails;
    return { ...driftReport(), ...details, policy: definition.monitoring };
  }
}
