import {
  CancellationScope,
  defineQuery,
  isCancellation,
  setCurrentDetails,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import type { Step } from '../../activities/index.js';
import { npmScript } from '../../contracts/commands.js';
import type { Definition } from '../../contracts/definition.js';
import { reasonOf } from '../../contracts/failures.js';
import { nothingKnown, type PipelineOutcome, type PipelineStatus, type Deployment } from '../../contracts/pipeline.js';
import { type Stage, STATUS_QUERY } from '../../contracts/names.js';
import type {
  FeaturesResult,
  FitResult,
  GateVerdict,
  IngestResult,
  LeaderboardRow,
  TrainingReport,
} from '../../contracts/results.js';
import type { RegisteredModel, Warning } from '../../contracts/values.js';
import { shortDigest } from '../../contracts/text.js';
import { attribute, describeRejects, describeRun } from './details.js';
import { orTell, on, reporting } from './profiles.js';

const statusQuery = defineQuery<PipelineStatus>(STATUS_QUERY);

/** Answers the status query from now on. @returns what it answers, to be kept */
export function answerStatus(): PipelineStatus {
  const status = nothingKnown();
  setHandler(statusQuery, () => status, { description: 'Stages, leaderboard and verdict so far' });
  return status;
}

/**
 * Keeps what is known about the run where people look: the status query, the Web UI's details, search attributes.
 * @param status that the query answers
 */
export function trackProgress(definition: Definition, status: PipelineStatus) {
  const { workflowId } = workflowInfo();
  let waiting = '';
  const publish = () => setCurrentDetails(describeRun(status, definition, waiting));
  attribute('Model', definition.model);
  const entryOf = (name: Stage) => status.stages.find(({ stage }) => stage === name)!; // every stage has its entry

  /** Runs a stage whose result an earlier run may have computed. */
  async function reusable<T>(name: Stage, describe: (result: T) => string, run: () => Promise<Step<T>>): Promise<T> {
    const entry = entryOf(name);
    entry.state = 'running';
    attribute('Stage', name);
    publish();
    const { reused, result } = await run();
    Object.assign(entry, { state: 'done', reused, found: describe(result) });
    publish();
    return result;
  }

  /** Adds what is not known yet. */
  function warn(warnings: Warning[]): void {
    const known = new Set(status.warnings.map(({ message }) => message));
    status.warnings.push(...warnings.filter(({ message }) => !known.has(message)));
  }

  /** Takes sentences as warnings of one kind. */
  const warnOf = (code: Warning['code']) => (message: string) => warn([{ code, message }]);

  /** Writes the report of the run's end, which does not depend on it; also when the run is being cancelled. */
  async function report(end: Pick<TrainingReport['run'], 'outcome' | 'reason'>): Promise<void> {
    status.report = await CancellationScope.nonCancellable(() =>
      orTell('The report could not be written', warnOf('not-reported'), () =>
        on(reporting, 'write the report').reportTraining({ definition, status, ...end }),
      ),
    );
    publish();
  }

  return {
    workflowId,
    reusable,
    warn,
    warnOf,

    /** Runs a stage that every run goes through itself. */
    stage: <T>(name: Stage, describe: (result: T) => string, run: () => Promise<T>): Promise<T> =>
      reusable(name, describe, async () => ({ reused: false, result: await run() })),

    /** Shows, above all else, what the run waits for; `''` ends it. */
    wait: (text: string) => {
      waiting = text;
      entryOf('approve').found = text === '' ? '' : `waits for ${npmScript('approve')} or ${npmScript('reject')}`;
      publish();
    },

    /**
     * Runs the stage `train`, which has many steps: they are shown as they arrive, and reused when all of them were. Steps
     * that give `null` have no row in the leaderboard.
     */
    train: (
      describe: (rows: LeaderboardRow[]) => string,
      start: (tally: Tally) => Promise<Step<LeaderboardRow> | null>[],
    ) =>
      reusable('train', describe, async () => {
        const tally = tallyOf((text) => {
          entryOf('train').found = text;
          publish();
        });
        const rows = start(tally);
        tally.plan(rows.length);
        const running = rows.map(async (row) => {
          const done = await row;
          if (done !== null) status.leaderboard.push(done.result);
          tally.done();
          return done;
        });
        const steps = (await Promise.all(running)).filter((step) => step !== null);
        return { reused: steps.every(({ reused }) => reused), result: steps.map(({ result }) => result) };
      }),

    ingested({ uri, sourceSha256, rows, rejected, rejects, unit, warnings }: IngestResult) {
      status.dataset = { uri, sha256: sourceSha256, rows, rejected };
      attribute('DatasetDigest', shortDigest(sourceSha256));
      if (rejected > 0) warn([{ code: 'rejected-rows', message: describeRejects(rejects, unit) }]);
      warn(warnings);
    },

    prepared({ equalRows, warnings }: FeaturesResult) {
      status.equalRows = equalRows;
      warn(warnings);
    },

    trained(leaderboard: LeaderboardRow[], chosen: LeaderboardRow) {
      status.leaderboard = leaderboard;
      status.chosen = chosen.candidate;
      for (const { warnings } of leaderboard) warn(warnings);
    },

    validated(fit: FitResult, gate: GateVerdict) {
      status.holdout = fit.holdout;
      status.gate = gate;
      warn([...fit.warnings, ...gate.warnings]);
      attribute('Verdict', gate.unchanged ? 'unchanged' : gate.passed ? 'passed' : 'refused');
    },

    registered(model: RegisteredModel) {
      status.model = model;
      attribute('ModelVersion', String(model.version));
    },

    deployed(deployment: Deployment) {
      status.endpoint = deployment.endpoint;
    },

    async finish(
      outcome: PipelineOutcome['outcome'],
      reason: string,
      deployment: Deployment | null = null,
    ): Promise<PipelineOutcome> {
      for (const entry of status.stages) if (entry.state === 'waiting') entry.state = 'skipped';
      const unchanged = (status.gate?.unchanged ?? false) && deployment?.published === false;
      publish();
      await report({ outcome, reason });
      return { ...status, outcome, reason, unchanged };
    },

    /** The run ends with an error: by failing or by being cancelled. */
    async failed(error: unknown): Promise<void> {
      await report(
        isCancellation(error) ? { outcome: 'cancelled', reason: '' } : { outcome: 'failed', reason: reasonOf(error) },
      );
    },
  };
}

/** Counts steps of a stage. */
export interface Tally {
  /** Announces this many more. */
  plan: (steps: number) => void;
  done: () => void;
}

/** Tells `7 of 40` after every step that is done. */
function tallyOf(tell: (text: string) => void): Tally {
  let planned = 0;
  let done = 0;
  return {
    plan: (steps) => void (planned += steps),
    done: () => tell(`${++done} of ${planned}`),
  };
}

/** What `trackProgress` gives. */
export type Progress = ReturnType<typeof trackProgress>;
