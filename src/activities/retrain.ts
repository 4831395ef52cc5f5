import { z } from 'zod';
import type { Definition } from '../contracts/definition.js';
import type { RetrainingEntry, RetrainingFailure } from '../contracts/monitoring.js';
import { ownId, retrainSchedule } from '../contracts/names.js';
import { shortDigest } from '../contracts/text.js';
import { learningDigest } from '../definition/definition.js';
import { failureAlert, failureMessage, pauseAlert, sameFailure } from '../monitoring/alerts.js';
import { mayRetrain, shouldPause } from '../monitoring/retraining-brakes.js';
import { schedulesOf } from '../vendors/temporal/schedules.js';
import { championAlias } from '../registry/registry.js';
import { cause, ended } from './inputs/monitoring.js';
import { definition, runName, sha256, text, inputsOf } from './inputs/parse.js';
import { monitoringTarget } from './monitor.js';
import type { Ports } from './ports.js';
import type { DueAlert } from './alert.js';

/** Why one failed that was terminated. */
const LOST = 'it was ended before it could say how.';

/** `bySchedule`: the schedule that is said to have started the run did. */
export type RetrainingClaim =
  { allowed: true; training: string; bySchedule: boolean } | { allowed: false; reason: string };

/** Retrain: the brakes before, and what is learnt from how it ended. */
export function createRetrainActivities(
  ports: Pick<Ports, 'project' | 'registry' | 'schedules' | 'monitoringLog' | 'runs' | 'alerts' | 'now'>,
) {
  const { project, registry, schedules, monitoringLog, runs, alerts, now } = ports;
  const championOf = ({ model, deployment }: Definition) => registry.alias(model, championAlias(model, deployment));

  /** Writes a failure down. One that is told in the same words within the cooldown is that one still, and is given. */
  const noteFailure = async (definition: Definition, run: string, message: string): Promise<RetrainingFailure> => {
    const target = monitoringTarget(definition);
    const { failures } = await monitoringLog.retrainings(target);
    const failure = { run, at: now().toISOString(), message };
    const known = sameFailure(failures, failure, definition.monitoring.retraining);
    if (known !== undefined) return known;
    await monitoringLog.recordFailure(target, failure);
    return failure;
  };

  return {
    /**
     * Takes the right to retrain, with all brakes asked and no other writer in between.
     * @param input.schedule by which the run is said to have been started; only the model's own is asked whether it did
     */
    async claimRetraining(input: {
      definition: Definition;
      cause: RetrainingEntry['cause'];
      run: string;
      datasetSha256: string;
      schedule?: string;
    }): Promise<RetrainingClaim> {
      const { definition, cause, run, datasetSha256, schedule } = input;
      const { model, monitoring } = definition;
      const target = monitoringTarget(definition);
      // One that was terminated could not say how it ended.
      for (const { run: other, outcome } of (await monitoringLog.retrainings(target)).entries)
        if (outcome === null && other !== run && !(await runs.isOpen(other))) {
          await noteFailure(definition, other, failureMessage(definition, LOST, false));
          await monitoringLog.finishRetraining(target, other, 'failed');
        }

      const champion = await championOf(definition);
      const definitionSha256 = learningDigest(definition);
      const startedAt = now().toISOString();
      const own = retrainSchedule(definition);
      const pauseNote = await schedules.pauseNote(own);
      const digests = [datasetSha256, definitionSha256].map(shortDigest);
      const training = ownId(`train-${model}-retrain-${digests.join('-')}`, project.taskQueue);
      const entry = { run, cause, startedAt, datasetSha256, definitionSha256, outcome: null, training };
      const claim = await monitoringLog.claimRetraining(target, entry, ({ entries, pause }) =>
        mayRetrain({
          pauseNote,
          datasetSha256,
          definitionSha256,
          now: startedAt,
          policy: monitoring.retraining,
          earlier: entries,
          championDatasetSha256: champion?.lineage.datasetSha256 ?? null,
          championDefinitionSha256: champion?.lineage.definitionSha256 ?? null,
          countedSince: pause?.at ?? null,
        }),
      );
      if (!claim.allowed) return claim;
      const bySchedule = schedule === ownId(own, project.taskQueue) && (await schedules.hasStarted(own, run));
      return { allowed: true, training, bySchedule };
    },

    /** Gives the right back: another run trains on the same data already, so this one has spent nothing. */
    withdrawRetraining: ({ definition, run }: { definition: Definition; run: string }): Promise<void> =>
      monitoringLog.withdrawRetraining(monitoringTarget(definition), run),

    /**
     * Writes down how it ended, also when it failed before it was claimed. Too many refused in a row pause the schedule;
     * that, and a failure, a person is told.
     */
    async finishRetraining(input: {
      definition: Definition;
      cause: RetrainingEntry['cause'];
      run: string;
      outcome: NonNullable<RetrainingEntry['outcome']>;
      reason: string;
    }): Promise<{ alerts: DueAlert[] }> {
      const { definition, cause, run, outcome, reason } = input;
      const { monitoring } = definition;
      const target = monitoringTarget(definition);
      const known = await monitoringLog.finishRetraining(target, run, outcome);
      const version = (await championOf(definition))?.version ?? 0;
      const tell = (alert: DueAlert['alert']) => ({ alerts: alerts.map(({ name: sink }) => ({ alert, sink })) });
      if (outcome === 'failed') {
        const message = failureMessage(definition, reason, cause === 'schedule');
        return tell(failureAlert(definition, await noteFailure(definition, run, message), version));
      }
      let { pause } = known;
      if (pause?.run !== run) {
        if (!shouldPause(known.entries, monitoring.retraining, pause?.at ?? null)) return { alerts: [] };
        pause = { at: now().toISOString(), run };
        const [, spec] = schedulesOf(definition, project.store);
        await schedules.ensure(spec);
        await schedules.pause(spec.id, pauseAlert(definition, pause, version).message);
        await monitoringLog.recordPause(target, pause);
      }
      return tell(pauseAlert(definition, pause, version));
    },
  };
}

/** Stage and schema of each. */
export const RETRAIN_INPUTS = inputsOf<ReturnType<typeof createRetrainActivities>>()({
  claimRetraining: {
    stage: 'retrain',
    input: z.strictObject({
      definition,
      cause,
      run: runName,
      datasetSha256: sha256,
      schedule: text.exactOptional(),
    }),
  },
  withdrawRetraining: { stage: 'retrain', input: z.strictObject({ definition, run: runName }) },
  finishRetraining: {
    stage: 'retrain',
    input: z.strictObject({ definition, cause, run: runName, outcome: ended, reason: text }),
  },
});
