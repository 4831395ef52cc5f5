import { proxyActivities, workflowInfo } from '@temporalio/workflow';
import type { Activities } from '../activities/index.js';
import type { ArtifactRef } from '../contracts/artifact.js';
import type { Deciders } from '../contracts/deployment.js';
import { type RunOrigin, whyItBegan } from '../contracts/identity.js';
import type { PipelineInput, PipelineOutcome } from '../contracts/pipeline.js';
import type { LeaderboardRow } from '../contracts/results.js';
import { markdown } from '../contracts/markdown.js';
import { approve } from './steps/approval.js';
import { checkInput } from './kit/check-input.js';
import { type Decisions, takeDecisions } from './steps/decisions.js';
import * as found from './kit/summaries.js';
import { deploy } from './steps/deploy-child.js';
import { monitor } from './steps/monitor.js';
import { cloud, compute, io } from './kit/profiles.js';
import { answerStatus, type Progress, trackProgress } from './kit/progress.js';
import { withSearches } from './steps/search.js';
import { provedOrigin, starterOf } from './steps/origin.js';

const { ingestDataset } = proxyActivities<Activities>(io);
const { profileDataset, prepareFeatures, crossValidateCandidate, fitCandidate, evaluateCandidate, judgeCandidate } =
  proxyActivities<Activities>(compute);
const { registerModel } = proxyActivities<Activities>(cloud);

/**
 * From a table to a registered and, where the gate allows, deployed and monitored model. A refused gate or a rejection is
 * an outcome; failures keep the name that the activity gave them. A report is written whatever the end.
 */
export async function trainingPipeline(input: PipelineInput): Promise<PipelineOutcome> {
  const decisions = takeDecisions(() => deciders());
  const status = answerStatus();
  await checkInput({ workflow: 'trainingPipeline', input });
  const progress = trackProgress(input.definition, status);
  const origin = provedOrigin(input);
  const { by, fourEyes } = input.definition.approval;
  const deciders = async (): Promise<Deciders> => ({ by, fourEyes, starter: starterOf(await origin) });
  try {
    const outcome = await learnAndDeploy(input, progress, { decisions, deciders, origin });
    await decisions.answered();
    return outcome;
  } catch (error) {
    await progress.failed(error);
    throw error;
  }
}

/** Who decides on the run's model, and who began it. */
interface People {
  decisions: Decisions;
  deciders: () => Promise<Deciders>;
  origin: Promise<RunOrigin | null>;
}

/** Ingest, profile, features, train, validate, register, approve, deploy, monitor. */
async function learnAndDeploy(
  { store, definition, reuse, keepSchedules }: PipelineInput,
  progress: Progress,
  people: People,
): Promise<PipelineOutcome> {
  const { status, workflowId } = progress;
  const { decisions, deciders } = people;

  const ingested = await progress.stage('ingest', found.ingest, () =>
    ingestDataset.executeWithOptions({ ...io, summary: `read ${markdown(found.fileName(definition.dataset.uri))}` }, [
      { definition, reuse },
    ]),
  );
  const { dataset } = ingested;
  progress.ingested(ingested);

  const profiling = progress.stage('profile', found.profile, () =>
    profileDataset.executeWithOptions({ ...compute, summary: 'explore' }, [{ definition, dataset, reuse }]),
  );
  const learning = async () => {
    const features = await progress.stage('features', found.features, () =>
      prepareFeatures.executeWithOptions({ ...compute, summary: 'split and check' }, [{ definition, dataset, reuse }]),
    );
    progress.prepared(features);

    const train = (candidate: (typeof definition.candidates)[number], without: string | null) =>
      crossValidateCandidate.executeWithOptions(
        { ...compute, summary: without === null ? candidate.name : `${candidate.name} without ${without}` },
        [{ definition, matrix: features.matrix, candidate, without, reuse }],
      );
    const leaderboard = await progress.fanOut('train', found.train(definition.selection.metric), (tally) => {
      const measure = withSearches({ definition, features, reuse, tally, warn: progress.warn }, train);
      return [null, ...leaveOut(features.suspicious, definition.columns.length)].flatMap((without) =>
        definition.candidates.map((candidate) => measure(candidate, without)),
      );
    });
    return { features, leaderboard };
  };
  const [profile, { features, leaderboard }] = await Promise.all([profiling, learning()]);
  progress.trained(leaderboard);

  const { matrix, trainingRows } = features;
  const chosen = found.best(leaderboard, definition.selection.metric);
  status.chosen = chosen.candidate;
  const judge = (model: ArtifactRef) =>
    judgeCandidate.executeWithOptions({ ...compute, summary: `judge ${chosen.candidate}` }, [
      { definition, matrix, model, chosen },
    ]);
  const { fit, evaluation, gate } = await progress.stage('validate', found.validate, async () => {
    const step = await fitCandidate.executeWithOptions({ ...compute, summary: `fit ${chosen.candidate}` }, [
      { definition, datasetSha256: dataset.sha256, matrix, chosen, reuse },
    ]);
    const { model, outOfFold } = step.result;
    const [evaluated, gate] = await Promise.all([
      evaluateCandidate.executeWithOptions({ ...compute, summary: `evaluate ${chosen.candidate}` }, [
        { definition, matrix, fit: { model, outOfFold }, reuse },
      ]),
      judge(model),
    ]);
    const reused = step.reused && evaluated.reused;
    return { reused, result: { fit: step.result, evaluation: evaluated.result, gate } };
  });
  progress.validated(fit, gate);

  const origin = await people.origin;
  const model = await progress.stage('register', found.register, async () => ({
    reused: false,
    result: await registerModel.executeWithOptions({ ...cloud, summary: definition.model }, [
      {
        ...{ definition, dataset: ingested, profile: profile.profile, trainingRows, matrix, leaderboard, chosen },
        ...{ fit, evaluation, gate, startedAt: workflowInfo().startTime.toISOString() },
        origin,
      },
    ]),
  }));
  progress.registered(model);

  for (let judged = gate; judged.passed;) {
    const waiting = { model, gate: judged, policy: definition.approval, workflowId, decisions, show: progress.wait };
    const decided = await progress.stage('approve', found.decision, async () => ({
      reused: false,
      result: await approve(waiting),
    }));
    if (decided.decision === 'rejected') return progress.finish('rejected', found.decision(decided));
    const reason = `${whyItBegan(origin)}, gate passed`;
    const order = {
      ...{ store, model, policy: definition.deployment, by: workflowId, reason },
      deciders: await deciders(),
    };
    const ended = await progress.stage('deploy', found.deployment, async () => ({
      reused: false,
      result: await deploy({ ...order, judgedAgainst: judged.champion }),
    }));
    if (ended.outcome === 'rolled-back') return progress.finish('rolled-back', ended.reason);
    if (ended.outcome === 'deployed') {
      progress.deployed(ended.deployment);
      if (!keepSchedules)
        await progress.stage('monitor', found.monitoring(definition), () => monitor(definition, progress.warn));
      return progress.finish('deployed', '', ended.deployment);
    }
    judged = await judge(fit.model);
    progress.validated(fit, judged);
  }
  return progress.finish('refused', '');
}

/** More suspicious features than this are told of, but not each left out: the number of activities stays bounded. */
const MOST_LEFT_OUT = 5;

/** A feature can be left out only when another remains. */
const leaveOut = (suspicious: LeaderboardRow['without'][], columns: number) =>
  columns > 1 ? suspicious.slice(0, MOST_LEFT_OUT) : [];
