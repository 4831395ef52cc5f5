import { describe, expect, it } from 'vitest';
import type { TrainingReport } from '../../../../../src/contracts/results.js';
import type { MlflowClient } from '../../../../../src/vendors/mlflow/client.js';
import { createMlflowTracker } from '../../../../../src/vendors/mlflow/tracking/tracker.js';
import { driftReport } from '../../../report/drift-documents.js';
import { isoAt } from '../../../report/made-up.js';
import { refusedReport, trainingReport } from '../../../report/training-documents.js';
import { COMMIT, FILES, memoryStore, training } from './made-up-training.js';
import { AnswerLost, createMemoryMlflow, type MemoryMlflow } from './memory-mlflow.js';

const WORKFLOW = 'train-anemia-detection-1';

async function lab(loseAnswer?: (path: string) => boolean) {
  const mlflow = createMemoryMlflow(loseAnswer);
  const store = memoryStore();
  const tracked = await training(store);
  const tracker = createMlflowTracker({ client: mlflow.client, store, now: () => new Date(isoAt(1)) });
  const { workflowId, runId } = tracked;
  const reportOf = (report: TrainingReport, run: Partial<TrainingReport['run']> = {}): TrainingReport => ({
    ...report,
    run: { ...report.run, workflowId, runId, ...run },
    createdAt: isoAt(2),
  });
  return { mlflow, store, tracked, tracker, reportOf };
}

/** Runs with all they hold, as one text. */
const snapshot = ({ runs, artifacts }: MemoryMlflow) => ({
  runs: runs().map(({ tags, params, inputs, ...run }) => ({
    ...run,
    tags: Object.fromEntries(tags),
    params: Object.fromEntries(params),
    inputs: [...inputs.keys()],
  })),
  artifacts: [...artifacts.keys()],
});

const values = (mlflow: MemoryMlflow, name: string, key: string) =>
  mlflow.run(name).metrics.filter((point) => point.key === key);

describe('a measured training run', () => {
  it('is a run in the experiment of its model with one below it for each row of the leaderboard', async () => {
    const { mlflow, tracked, tracker } = await lab();
    await tracker.trained(tracked);

    expect([...mlflow.experiments.keys()]).toEqual(['anemia-detection']);
    expect(mlflow.runs().map(({ name }) => name)).toEqual([WORKFLOW, 'cart', 'cart without hb', 'deep']);
    const parent = mlflow.run(WORKFLOW);
    expect(parent).toMatchObject({ status: 'RUNNING', startTime: Date.parse(tracked.startedAt) });
    for (const child of mlflow.runs().slice(1)) {
      expect(child.tags.get('mlflow.parentRunId')).toBe(parent.id);
      expect(child.tags.get('mlflow.source.git.commit')).toBe(COMMIT);
      expect(child.status).toBe('FINISHED');
      expect([...child.inputs.keys()]).toEqual([`sample.csv/${'1'.repeat(18)}${'2'.repeat(18)}`]);
    }
    expect(JSON.stringify(snapshot(mlflow))).not.toMatch(/someone|:secret|=hidden/);
  });

  it('has every fold at a step and a time of its own', async () => {
    const { mlflow, tracked, tracker } = await lab();
    await tracker.trained(tracked);
    const start = Date.parse(tracked.startedAt);
    expect(values(mlflow, 'cart', 'fold/rocAuc').map(({ step, timestamp }) => [step, timestamp - start])).toEqual(
      [0, 1, 2, 3].map((step) => [step, step]),
    );
    expect(values(mlflow, 'cart', 'rocAuc')).toHaveLength(1);
  });

  it('has the trials of a search as a file', async () => {
    const { mlflow, tracked, tracker } = await lab();
    await tracker.trained(tracked);
    const path = `1/${mlflow.run('deep').id}/artifacts/search/trials.json`;
    expect([...mlflow.artifacts.keys()]).toEqual([path]);
    expect(JSON.parse(new TextDecoder().decode(mlflow.artifacts.get(path)))).toEqual(tracked.leaderboard[2]!.search);
  });
});

describe('the end of a run', () => {
  it('has the outcome, the hold-out, the curves and the report', async () => {
    const { mlflow, tracked, tracker, reportOf } = await lab();
    await tracker.trained(tracked);
    const report = reportOf(trainingReport());
    await tracker.ended(report, FILES);

    expect(mlflow.runs()).toHaveLength(4);
    const run = mlflow.run(WORKFLOW);
    expect(run).toMatchObject({ status: 'FINISHED', endTime: Date.parse(report.createdAt) });
    expect(Object.fromEntries(run.tags)).toMatchObject({
      'mlops.outcome': 'deployed',
      'mlops.gate': 'passed',
      'mlops.chosen': 'random-forest',
      'mlops.version': '3',
    });
    expect(run.tags.get('mlflow.note.content')).toContain('passed: recall at least 0.8, found 0.905');
    const { metrics, confusion } = report.status.holdout!;
    expect(values(mlflow, WORKFLOW, 'holdout/recall')).toEqual([
      { key: 'holdout/recall', value: metrics.recall.value, step: 0, timestamp: Date.parse(tracked.startedAt) },
    ]);
    expect(values(mlflow, WORKFLOW, 'holdout/interval/recall.low')[0]!.value).toBe(metrics.recall.low);
    expect(values(mlflow, WORKFLOW, 'holdout/confusion/falsePositives')[0]!.value).toBe(confusion.falsePositives);
    expect(values(mlflow, WORKFLOW, 'rocAuc')[0]!.value).toBe(0.969);

    const fileOf = (path: string) => new TextDecoder().decode(mlflow.artifacts.get(`1/${run.id}/artifacts/${path}`));
    expect(fileOf('report/report.html')).toBe(FILES.html);
    expect(fileOf('report/training-report.json')).toBe(FILES.json);
    expect(JSON.parse(fileOf('evaluation/roc-curve.json'))).toEqual(report.evaluation!.roc);
    expect(JSON.parse(fileOf('evaluation/precision-recall-curve.json'))).toEqual(report.evaluation!.precisionRecall);
    expect(JSON.parse(fileOf('evaluation/calibration.json'))).toEqual(report.evaluation!.calibration);
    expect(JSON.parse(fileOf('evaluation/confusion-matrix.json'))).toMatchObject({ holdout: confusion });
  });

  it.each([
    ['refused', 'FINISHED'],
    ['rejected', 'FINISHED'],
    ['rolled-back', 'FINISHED'],
    ['failed', 'FAILED'],
    ['cancelled', 'KILLED'],
  ] as const)('of one that was %s is %s', async (outcome, status) => {
    const { mlflow, tracked, tracker, reportOf } = await lab();
    await tracker.trained(tracked);
    await tracker.ended(reportOf(refusedReport(), { outcome, reason: 'because' }), FILES);
    expect(mlflow.run(WORKFLOW).status).toBe(status);
    expect(mlflow.run(WORKFLOW).tags.get('mlops.reason')).toBe('because');
    expect(mlflow.runs().map((run) => run.status)).not.toContain('RUNNING');
  });

  it('makes the run of one that never came to train', async () => {
    const { mlflow, tracker, reportOf } = await lab();
    const report = reportOf(refusedReport(), { outcome: 'failed', reason: 'The file has no column hb.' });
    const status = { ...report.status, leaderboard: [], chosen: null, holdout: null, gate: null, dataset: null };
    await tracker.ended({ ...report, status }, FILES);
    await tracker.ended({ ...report, status, createdAt: isoAt(3) }, FILES);
    expect(mlflow.runs()).toHaveLength(1);
    expect(mlflow.run(WORKFLOW)).toMatchObject({ status: 'FAILED', startTime: Date.parse(isoAt(2)) });
    expect(mlflow.run(WORKFLOW).endTime).toBe(Date.parse(isoAt(2)));
  });

  it('leaves nothing running when training was followed in part only', async () => {
    let lost = 0;
    const { mlflow, tracked, tracker, reportOf } = await lab((path) => path === 'runs/create' && ++lost === 3);
    await expect(tracker.trained(tracked)).rejects.toThrow(AnswerLost);
    expect(mlflow.runs().map(({ status }) => status)).toEqual(['RUNNING', 'FINISHED', 'RUNNING']);
    await tracker.ended(reportOf(refusedReport(), { outcome: 'failed', reason: 'MLflow is away' }), FILES);
    expect(mlflow.runs().map(({ status }) => status)).toEqual(['FAILED', 'FINISHED', 'FAILED']);
  });
});

describe('a drift check', () => {
  it('is a run in an experiment of its own', async () => {
    const { mlflow, tracker } = await lab();
    const report = driftReport();
    await tracker.checked(report, FILES);
    await tracker.checked(report, FILES);
    expect([...mlflow.experiments.keys()]).toEqual(['anemia-detection drift']);
    const run = mlflow.run(`drift ${report.window.to}`);
    expect(run).toMatchObject({ status: 'FINISHED', startTime: Date.parse(report.check.at) });
    expect(values(mlflow, run.name, 'driftedColumns').map(({ value }) => value)).toEqual([2]);
    expect([...mlflow.artifacts.keys()].map((path) => path.split('/artifacts/')[1])).toEqual([
      'report/drift-report.html',
      'report/drift-report.json',
    ]);
  });
});

describe('tries that are repeated', () => {
  /** Everything a run goes through, each step tried until its answer arrives. */
  async function story(loseAnswer: (path: string) => boolean): Promise<MemoryMlflow> {
    const { mlflow, tracked, tracker, reportOf } = await lab(loseAnswer);
    const report = reportOf(trainingReport());
    const steps = [
      () => tracker.trained(tracked),
      () => tracker.ended(report, FILES),
      () => tracker.checked(driftReport(), FILES),
    ];
    for (const step of steps)
      for (let done = false; !done;)
        try {
          await step();
          done = true;
        } catch (error) {
          if (!(error instanceof AnswerLost)) throw error;
        }
    return mlflow;
  }

  it('give the same runs, parameters and points wherever an answer is lost', async () => {
    let changes = 0;
    const undisturbed = snapshot(await story(() => (changes++, false)));
    expect(changes).toBeGreaterThan(30);
    for (let lost = 1; lost <= changes; lost++) {
      let count = 0;
      const mlflow = await story(() => ++count === lost);
      expect(count).toBeGreaterThanOrEqual(changes);
      expect(snapshot(mlflow)).toEqual(undisturbed);
    }
  });

  it('change nothing when nothing was lost', async () => {
    const { mlflow, tracked, tracker, reportOf } = await lab();
    const twice = async () => {
      await tracker.trained(tracked);
      await tracker.ended(reportOf(trainingReport()), FILES);
      return snapshot(mlflow);
    };
    expect(await twice()).toEqual(await twice());
  });

  it('go on in the run they have when the server makes that of a given-up request late', async () => {
    const { mlflow, store, tracked, reportOf } = await lab();
    let late: (() => Promise<unknown>) | null = null;
    const send: MlflowClient['send'] = (method, path, body, answer) => {
      if (path !== 'runs/create' || late !== null) return mlflow.client.send(method, path, body, answer);
      late = () => mlflow.client.send(method, path, body, answer);
      return Promise.reject(new AnswerLost(path));
    };
    const tracker = createMlflowTracker({ client: { ...mlflow.client, send }, store, now: () => new Date(isoAt(1)) });
    await expect(tracker.trained(tracked)).rejects.toThrow(AnswerLost);
    await tracker.trained(tracked);
    const parent = mlflow.run(WORKFLOW);
    await late!();
    await tracker.ended(reportOf(trainingReport()), FILES);
    expect(mlflow.run(WORKFLOW)).toBe(parent);
    expect(parent.status).toBe('FINISHED');
  });

  it('share one run when two come at once', async () => {
    const { mlflow, tracked, tracker } = await lab();
    await Promise.all([tracker.trained(tracked), tracker.trained(tracked)]);
    expect(mlflow.runs().map(({ name }) => name)).toEqual([WORKFLOW, 'cart', 'cart without hb', 'deep']);
  });
});
