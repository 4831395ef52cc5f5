import type { Definition } from '../contracts/definition.js';
import type { Alert, RetrainingEntry } from '../contracts/monitoring.js';
import { retrainSchedule } from '../contracts/pipeline.js';
import { learningDigest } from '../definition.js';
import { mayRetrain, shouldPause } from '../ml/monitoring/retraining-brakes.js';
import { championAlias } from '../registry/registry.js';
import type { Ports } from './ports.js';

/** Digits of the data's hash in a retraining's name. */
const DIGEST_DIGITS = 12;

export type RetrainingClaim = { allowed: true; training: string } | { allowed: false; reason: string };

/** Retrain: the brakes before, and what is learnt from how it ended. */
export function createRetrainActivities({ registry, schedules, monitoringLog, now }: Ports) {
  return {
    /** Takes the right to retrain, with all brakes asked and no other writer in between. */
    async claimRetraining(input: {
      definition: Definition;
      cause: RetrainingEntry['cause'];
      run: string;
      datasetSha256: string;
    }): Promise<RetrainingClaim> {
      const { definition, cause, run, datasetSha256 } = input;
      const { model, deployment, monitoring } = definition;
      const champion = await registry.alias(model, championAlias(model, deployment));
      const definitionSha256 = learningDigest(definition);
      const startedAt = now().toISOString();
      const paused = await schedules.isPaused(retrainSchedule(definition));
      const training = `train-${model}-retrain-${datasetSha256.slice(0, DIGEST_DIGITS)}-${definitionSha256.slice(0, DIGEST_DIGITS)}`;
      const entry = { run, cause, startedAt, datasetSha256, definitionSha256, outcome: null, training };
      const claim = await monitoringLog.claimRetraining(model, entry, ({ entries, pausedAt }) =>
        mayRetrain({
          ...{ cause, paused, datasetSha256, definitionSha256 },
          now: startedAt,
          policy: monitoring.retraining,
          earlier: entries,
          championDatasetSha256: champion?.lineage.datasetSha256 ?? null,
          championDefinitionSha256: champion?.lineage.definitionSha256 ?? null,
          resumedAt: pausedAt,
        }),
      );
      return claim.allowed ? { allowed: true, training } : claim;
    },

    /** Writes down how it ended. Too many refused in a row pause the schedule, of which a person is to be told. */
    async finishRetraining(input: {
      definition: Definition;
      run: string;
      outcome: NonNullable<RetrainingEntry['outcome']>;
    }): Promise<{ alert: Alert | null }> {
      const { definition, run, outcome } = input;
      const { model, deployment, monitoring } = definition;
      const { entries, pausedAt } = await monitoringLog.finishRetraining(model, run, outcome);
      if (!shouldPause(entries, monitoring.retraining, pausedAt)) return { alert: null };
      const id = retrainSchedule(definition);
      const times = `${monitoring.retraining.refusedInARow} retrainings in a row were refused by the gate`;
      const message = `Retraining of ${model} is paused, because ${times}; look at their reports, then npm run schedules -- resume ${id}.`;
      await schedules.pause(id, message);
      const at = now().toISOString();
      await monitoringLog.recordPause(model, at);
      const champion = await registry.alias(model, championAlias(model, deployment));
      return {
        alert: {
          id: `${model}/retraining-paused-${run}`,
          kind: 'retraining-paused',
          model: { name: model, version: champion?.version ?? 0 },
          ...{ at, message, report: null },
        },
      };
    },
  };
}
