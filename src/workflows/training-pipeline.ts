import { workflowInfo } from '@temporalio/workflow';
import type { Deciders } from '../contracts/decision.js';
import { whyItBegan } from '../contracts/identity.js';
import { markdown } from '../contracts/text.js';
import type { PipelineInput, PipelineOutcome } from '../contracts/pipeline.js';
import { checkInput, cloud, compute, io, on } from './kit/profiles.js';
import { answerStatus, type Progress, trackProgress } from './kit/progress.js';
import * as summaries from './kit/summaries.js';
import { takeDecisions } from './steps/decisions.js';
import { bringIntoService } from './steps/into-service.js';
import { provedOrigin, starterOf } from './steps/identity.js';
import { train } from './steps/train.js';
import { judge, validate } from './steps/validate.js';

/**
 * From a table to a registered and, where the gate allows, deployed and monitored model. A refused gate or a rejection is
 * an outcome; failures keep the name that the activity gave them. A report is written whatever the end.
 */
export async function trainingPipeline(input: PipelineInput): Promise<PipelineOutcome> {
  const decisions = takeDecisions(() => deciders());
  const status = answerStatus();
  await checkInput('trainingPipeline', input);
  const progress = trackProgress(input.definition, status);
  const origin = provedOrigin(input);
  const { by, fourEyes } = input.definition.approval;
  const deciders = async (): Promise<Deciders> => ({ by, fourEyes, starter: starterOf(await origin) });
  try {
    const { ingested, profile, features, leaderboard } = await learn(input, progress);
    const { definition } = input;
    const { dataset } = ingested;
    const { matrix, trainingRows } = features;
    const chosen = summaries.best(leaderboard, definition.selection.metric);
    progress.trained(leaderboard, chosen);

    const validated = await progress.reusable('validate', summaries.validate, () =>
      validate({ ...input, dataset, matrix, chosen }),
    );
    const { fit, evaluation, gate } = validated;
    progress.validated(fit, gate);

    const began = await origin;
    const startedAt = workflowInfo().startTime.toISOString();
    const model = await progress.stage('register', summaries.register, () =>
      on(cloud, definition.model).registerModel({
        definition,
        dataset: ingested,
        profile: profile.profile,
        trainingRows,
        matrix,
        leaderboard,
        chosen,
        fit,
        evaluation,
        gate,
        startedAt,
        origin: began,
      }),
    );
    progress.registered(model);

    const reason = `${whyItBegan(began)}, gate passed`;
    const judgeAgain = () => judge({ definition, matrix, chosen }, fit.model);
    const outcome = await bringIntoService(input, progress, {
      model,
      validated,
      judgeAgain,
      decisions,
      deciders,
      reason,
    });
    await decisions.answered();
    return outcome;
  } catch (error) {
    await progress.failed(error);
    throw error;
  }
}

/** Ingest, then profile beside features and train. */
async function learn(input: PipelineInput, progress: Progress) {
  const { definition, reuse } = input;
  const ingested = await progress.reusable('ingest', summaries.ingest, () =>
    on(io, `read ${markdown(summaries.fileName(definition.dataset.uri))}`).ingestDataset({ definition, reuse }),
  );
  progress.ingested(ingested);

  const { dataset } = ingested;
  const profiling = progress.reusable('profile', summaries.profile, () =>
    on(compute, 'explore').profileDataset({ definition, dataset, reuse }),
  );
  const learning = async () => {
    const features = await progress.reusable('features', summaries.features, () =>
      on(compute, 'split and check').prepareFeatures({ definition, dataset, reuse }),
    );
    progress.prepared(features);
    return { features, leaderboard: await train(input, features, progress) };
  };
  const [profile, learned] = await Promise.all([profiling, learning()]);
  return { ingested, profile, ...learned };
}
