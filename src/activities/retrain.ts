import type { Definition } from '../contracts/definition.js';
import type { Alert, RetrainingEntry } from '../contracts/monitoring.js';
import { retrainSchedule } from '../contracts/pipeline.js';
import { learningDigest } from '../definition.js';
import { mayRetrain, shouldPause } from '../ml/monitoring/retraining-brakes.js';
import { schedulesOf } from '../monitoring-schedules.js';
import { championAlias } from '../registry/registry.js';
import { placeOf } from './monitor.js';
import { pauseAlert } from './pause-alert.js';
import type { Ports } from './ports.js';

/** Digits of the data's hash in a retraining's name. */
const DIGEST_DIGITS = 12;

export type RetrainingClaim = { allowed: true; training: string } | { allowed: false; reason: string };

/** Retrain: the brakes before, and what is learnt from how it ended. */
export function createRetrainActivities(ports: Ports) {
  const { registry, schedules, monitoringLog, runs, alerts, now } = ports;
  const championOf = ({ model, deployment }: Definition) => registry.alias(model, championAlias(model, deployment));

  return {
    /** Takes the right to retrain, with all brakes asked and no other writer in between. */
    async claimRetraining(input: {
      definition: Definition;
      cause: RetrainingEntry['cause'];
      run: string;
      datasetSha256: string;
    }): Promise<RetrainingClaim> {
      const { definition, cause, run, datasetSha256 } = input;
      const { model, monitoring } = definition;
      const place = placeOf(definition);
      // One that was terminated could not say how it ended.
      for (const { run: other, outcome } of (await monitoringLog.retrainings(place)).entries)
        if (outcome === null && other !== run && !(await runs.isOpen(other)))
          await monitoringLog.finishRetraining(place, other, 'failed');

      const champion = await championOf(definition);
      const definitionSha256 = learningDigest(definition);
      const startedAt = now().toISOString();
      const pauseNote = await schedules.pauseNote(retrainSchedule(definition));
      const training = `train-${model}-retrain-${datasetSha256.slice(0, DIGEST_DIGITS)}-${definitionSha256.slice(0, DIGEST_DIGITS)}`;
      const entry = { run, cause, startedAt, datasetSha256, definitionSha256, outcome: null, training };
      const claim = await monitoringLog.claimRetraining(place, entry, ({ entries, pause }) =>
        mayRetrain({
          ...{ cause, pauseNote, datasetSha256, definitionSha256 },
          now: startedAt,
          policy: monitoring.retraining,
          earlier: entries,
          championDatasetSha256: champion?.lineage.datasetSha256 ?? null,
          championDefinitionSha256: champion?.lineage.definitionSha256 ?? null,
          countedSince: pause?.at ?? null,
        }),
      );
      return claim.allowed ? { allowed: true, training } : claim;
    },

    /** Writes down how it ended. Too many refused in a row pause the schedule; that, and a failure, a person is told. */
    async finishRetraining(input: {
      definition: Definition;
      run: string;
      outcome: NonNullable<RetrainingEntry['outcome']>;
      reason: string;
    }): Promise<{ alerts: { alert: Alert; sink: string }[] }> {
      const { definition, run, outcome, reason } = input;
      const { model, monitoring } = definition;
      const place = placeOf(definition);
      const known = await monitoringLog.finishRetraining(place, run, outcome);
      const version = (await championOf(definition))?.version ?? 0;
      const tell = (alert: Alert) => ({ alerts: alerts.map(({ name: sink }) => ({ alert, sink })) });
      if (outcome === 'failed') {
        const message = `Retraining of ${model} failed: ${reason} What served before still serves.`;
        const at = now().toISOString();
        const alert = { id: `${model}/retraining-failed-${run}`, kind: 'retraining-failed' as const, at, message };
        return tell({ ...alert, model: { name: model, version }, report: null });
      }
      let { pause } = known;
      if (pause?.run !== run) {
        if (!shouldPause(known.entries, monitoring.retraining, pause?.at ?? null)) return { alerts: [] };
        pause = { at: now().toISOString(), run };
        const [, wish] = schedulesOf(definition);
        await schedules.ensure(wish);
        await schedules.pause(wish.id, pauseAlert(definition, pause, version).message);
        await monitoringLog.recordPause(place, pause);
      }
      return tell(pauseAlert(definition, pause, version));
    },
  };
}
