import { createHash } from 'node:crypto';
import type { ArtifactRef, MetricTable } from '../../../../../src/contracts/values.js';
import { METRIC_NAMES } from '../../../../../src/contracts/vocabulary.js';
import type { FoldMetrics, LeaderboardRow } from '../../../../../src/contracts/results.js';
import { loadDefinition } from '../../../../../src/definition/definition.js';
import type { ReportFiles, TrackedTraining } from '../../../../../src/report/tracking.js';
import { around, isoAt, SHA } from '../../../report/made-up.js';

export const COMMIT = 'c0ffee'.repeat(6) + 'beef';

/** Files of a report, as they are written. */
export const FILES: ReportFiles = { html: '<!doctype html><title>Report</title>', json: '{"kind":"training-report"}' };

/** Two folds in two repeats; the precision of the second fold is undefined. */
export const FOLDS = Object.fromEntries(
  METRIC_NAMES.map((name, index) => [
    name,
    [0.9, name === 'precision' ? null : 0.8, 0.7, 0.6].map((value) => value && value - index / 100),
  ]),
) as FoldMetrics;

/** A store of JSON documents, which knows nothing else. */
export function memoryStore() {
  const objects = new Map<string, Uint8Array>();
  return {
    objects,
    add(document: unknown): ArtifactRef {
      const bytes = new TextEncoder().encode(JSON.stringify(document));
      const sha256 = createHash('sha256').update(bytes).digest('hex');
      objects.set(sha256, bytes);
      return { uri: `memory:${sha256}`, sha256, bytes: bytes.length };
    },
    get({ sha256 }: ArtifactRef): Promise<Uint8Array> {
      const bytes = objects.get(sha256);
      return bytes ? Promise.resolve(bytes) : Promise.reject(new Error(`Nothing is stored under ${sha256}`));
    },
  };
}

/** A cross-validated candidate of the leaderboard. */
export function row(foldMetrics: ArtifactRef, changes: Partial<LeaderboardRow> = {}): LeaderboardRow {
  const metrics = METRIC_NAMES.map((name, index) => [name, around(0.75 - index / 100, 0.1)]);
  return {
    candidate: 'cart',
    kind: 'cart',
    without: null,
    metrics: Object.fromEntries(metrics) as MetricTable,
    confusion: { truePositives: 19.5, falsePositives: 2, trueNegatives: 60, falseNegatives: 1.5 },
    rows: 83,
    folds: 2,
    repeats: 2,
    foldMetrics,
    options: { maxDepth: 3, minLeafRows: 5, exactUpToRows: 1000 },
    search: null,
    warnings: [],
    ...changes,
  };
}

/** A run of two candidates, one of them measured without a feature too. */
export async function training(
  store: ReturnType<typeof memoryStore>,
  changes: Partial<TrackedTraining> = {},
): Promise<TrackedTraining> {
  const folds = store.add(FOLDS);
  return {
    workflowId: 'train-anemia-detection-1',
    runId: '01a20c75-b060-755e-a770-dbd95fe82457',
    startedAt: isoAt(0),
    definition: await loadDefinition('pipelines/anemia.json'),
    definitionSha256: SHA('3'),
    dataset: {
      uri: 'https://someone:secret@data.example/anemia/sample.csv?signature=hidden#part',
      sourceSha256: SHA('1'),
      dataset: { uri: 'memory:2', sha256: SHA('2'), bytes: 1000 },
      rowsRead: 106,
      rows: 104,
      positives: 26,
      rejected: 2,
      rejects: [],
      unit: 'line',
      blank: 0,
      warnings: [],
    },
    leaderboard: [
      row(folds),
      row(folds, { without: 'hb' }),
      row(folds, {
        candidate: 'deep',
        kind: 'neural-network',
        options: { hiddenUnits: [16, 8], l2Regularization: 0.001, epochs: 200, learningRate: 0.01, batchRows: 32 },
        search: {
          method: 'random',
          measured: 7,
          planned: 8,
          winner: around(0.78, 0.1),
          best: [
            {
              options: {
                hiddenUnits: [16, 8],
                l2Regularization: 0.001,
                epochs: 200,
                learningRate: 0.01,
                batchRows: 32,
              },
              value: 0.78,
            },
          ],
        },
      }),
    ],
    codeVersion: '0.1.0',
    commit: COMMIT,
    ui: 'http://127.0.0.1:8233/namespaces/default/workflows/train-anemia-detection-1',
    ...changes,
  };
}
