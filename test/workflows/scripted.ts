import { createCheckActivities } from '../../src/activities/check-input.js';
import type { Activities } from '../../src/activities/index.js';
import { METRIC_NAMES } from '../../src/contracts/vocabulary.js';
import type { MetricTable } from '../../src/contracts/values.js';
import type { CheckEntry, Comparison } from '../../src/contracts/monitoring.js';
import { DEFAULT_DEPLOYMENT } from '../../src/definition/definition.js';
import type { GateVerdict, LeaderboardRow } from '../../src/contracts/results.js';

const artifact = (name: string) => ({ uri: `file:///store/${name}`, sha256: name.padEnd(64, '0'), bytes: 3 });

const metricsAround = (value: number): MetricTable =>
  Object.fromEntries(METRIC_NAMES.map((name) => [name, { value, low: value - 0.1, high: value }])) as MetricTable;

export const passedGate: GateVerdict = {
  passed: true,
  checks: [{ rule: 'rocAuc at least 0.9', passed: true, found: '0.95' }],
  comparison: null,
  champion: null,
  unchanged: false,
  warnings: [],
};

const reportAddress = { html: 'http://127.0.0.1/report.html', json: 'http://127.0.0.1/report.json' };

/** A window without drift. */
export const comparison: Comparison = {
  model: { name: 'anemia-detection', version: 3, sha256: 'a'.repeat(64) },
  rows: 500,
  drift: 'no-drift',
  driftedCount: 0,
  driftedColumns: [],
  evidentlyDrift: false,
  largestEffect: { column: 'r', value: 0.02 },
  performance: { state: 'none', value: null, rows: 0, found: 'No label is known.' },
  requests: { state: 'accepted', total: 500, refused: 0, maximumShare: 0.05, found: '' },
  details: artifact('6'),
};

/** A check that found nothing. */
export const checkEntry = (known: Partial<CheckEntry>): CheckEntry => {
  const { details: _, performance, requests, ...found } = comparison;
  const { found: __, ...measured } = performance;
  const { found: ___, ...counted } = requests;
  return {
    ...found,
    performance: measured,
    requests: counted,
    run: 'drift-1/run',
    mode: 'scheduled',
    at: '2026-11-24T10:00:00.000Z',
    window: { from: '2026-11-24T09:00:00.000Z', to: '2026-11-24T10:00:00.000Z' },
    decision: { state: 'quiet', episodes: [], begun: [], retrain: null, why: 'Nothing drifted.' },
    ...known,
  };
};

/** Activities that answer at once and without effects, but for the check of inputs, which is real; `calls` names them in the order they were begun. */
export function scriptedActivities(script: Partial<Activities> = {}) {
  const calls: string[] = [];
  const step = <T>(result: T) => Promise.resolve({ reused: false, result });
  const confusion = { truePositives: 5, falsePositives: 0, trueNegatives: 16, falseNegatives: 0 };
  const answers: Omit<Activities, 'checkInput'> = {
    ingestDataset: () =>
      step({
        uri: 'file:///data.csv',
        sourceSha256: 'e'.repeat(64),
        dataset: artifact('d'),
        rowsRead: 105,
        rows: 104,
        positives: 26,
        rejected: 1,
        rejects: [{ reason: 'out-of-range', column: 'Hb', rows: 1, lines: [7] }],
        unit: 'line',
        blank: 0,
        warnings: [],
      }),
    profileDataset: () => step({ profile: artifact('1'), rows: 104 }),
    prepareFeatures: () =>
      step({
        matrix: artifact('2'),
        trainingRows: artifact('3'),
        rows: { train: 83, trainPositives: 21, holdout: 21, holdoutPositives: 5 },
        equalRows: { verdict: 'none', repeats: 0, pairs: 0, expectedPairs: 0 },
        suspicious: ['hb'],
        warnings: [{ code: 'label-leakage', message: 'hb gives the label away.' }],
      }),
    crossValidateCandidate: ({ candidate, without }) =>
      step<LeaderboardRow>({
        candidate: candidate.name,
        kind: candidate.kind,
        without,
        metrics: metricsAround(candidate.kind === 'cart' ? 0.97 : without === null ? 0.9 : 0.99),
        confusion,
        rows: 83,
        folds: 5,
        repeats: 10,
        foldMetrics: artifact('7'),
        options: candidate.options,
        search: null,
        warnings: [],
      }),
    nestedCrossValidate: () => step({ scores: artifact('13'), warnings: [] }),
    concludeSearch: ({ candidate, trials, nested, warnings }) =>
      step<LeaderboardRow>({
        ...{ candidate: candidate.name, kind: candidate.kind, without: null, metrics: metricsAround(0.93) },
        ...{ confusion, rows: 83, folds: 5, repeats: nested.length, foldMetrics: artifact('14'), warnings },
        options: trials.at(-1)!.options,
        search: {
          ...{ method: candidate.search!.method, measured: trials.length, planned: candidate.search!.trials.length },
          ...{ winner: trials[0]!.value, best: [] },
        },
      }),
    fitCandidate: () =>
      step({
        model: artifact('a'),
        portable: {
          'model.onnx': artifact('8'),
          MLmodel: artifact('9'),
          'requirements.txt': artifact('10'),
          'input_example.json': artifact('11'),
        },
        outOfFold: artifact('12'),
        holdout: { rows: 21, positives: 5, metrics: metricsAround(0.9), confusion },
        warnings: [],
      }),
    evaluateCandidate: () => step({ evaluation: artifact('4'), reference: artifact('5') }),
    judgeCandidate: () => Promise.resolve(passedGate),
    registerModel: () => Promise.resolve({ name: 'anemia-detection', version: 3, sha256: 'a'.repeat(64) }),
    publishModel: () => Promise.resolve({ functionVersion: '8', published: true }),
    smokeTest: () => Promise.resolve(13),
    servingNow: () => Promise.resolve({ routing: { functionVersion: '7', canary: null }, former: 2, champion: null }),
    shiftTraffic: ({ input }) => Promise.resolve({ url: 'http://127.0.0.1/live/', alias: input.policy.alias }),
    identifyPerson: ({ claim }) => Promise.resolve({ name: claim.by, proof: 'signed' }),
    recordDecision: ({ decision, by, proof, because }) => Promise.resolve({ decision, by, proof, because }),
    recordRollback: () => Promise.resolve(),
    judgeTraffic: () => Promise.resolve({ state: 'good', requests: 50, checks: [] }),
    probeVersions: () => Promise.resolve({ state: 'good', requests: 20, checks: [] }),
    planRollback: ({ functionName, alias }) =>
      Promise.resolve({
        from: 3,
        to: { name: 'anemia-detection', version: 2, sha256: 'b'.repeat(64) },
        functionVersion: '7',
        policy: { ...DEFAULT_DEPLOYMENT, functionName, alias },
      }),
    promoteModel: () => Promise.resolve(),
    restoreChampion: () => Promise.resolve(),
    scheduleMonitoring: () => Promise.resolve(['drift-anemia-detection', 'retrain-anemia-detection']),
    reportTraining: () => Promise.resolve(reportAddress),
    compareWindow: () => Promise.resolve(comparison),
    concludeCheck: ({ mode, window, run }) => Promise.resolve(checkEntry({ mode, window, run })),
    reportCheck: () => Promise.resolve(reportAddress),
    pushSnapshot: () => Promise.resolve('http://127.0.0.1/projects/1/reports/2'),
    dueAlerts: () => Promise.resolve([]),
    claimRetraining: ({ datasetSha256 }) =>
      Promise.resolve({
        ...{ allowed: true, training: `train-anemia-detection-retrain-${datasetSha256.slice(0, 12)}` },
        bySchedule: false,
      }),
    withdrawRetraining: () => Promise.resolve(),
    finishRetraining: () => Promise.resolve({ alerts: [] }),
    sendAlert: () => Promise.resolve(),
    ...script,
  };
  const watched = Object.fromEntries(
    Object.entries(answers).map(([name, activity]) => [
      name,
      (...args: never[]) => {
        calls.push(name);
        return (activity as (...args: never[]) => unknown)(...args);
      },
    ]),
  ) as unknown as Activities;
  return { activities: { ...watched, ...createCheckActivities() }, calls };
}
