import { z } from 'zod';
import type { Definition } from '../contracts/definition.js';
import { PipelineFailure } from '../contracts/failures.js';
import type { Alert, CheckEntry } from '../contracts/monitoring.js';
import { retrainSchedule } from '../contracts/names.js';
import type { ReportAddress } from '../contracts/values.js';
import { episodeAlerts, retrainingAlerts } from '../monitoring/alerts.js';
import type { MonitoringTarget } from '../registry/monitoring-log.js';
import { sha256Of } from '../store/files.js';
import { alert, checkEntry, place } from './inputs/monitoring.js';
import { definition, inputsOf } from './inputs/parse.js';
import { reportAddress } from './inputs/results.js';
import { monitoringTarget } from './monitor.js';
import type { Ports, RunningActivity } from './ports.js';

/** An alert that a sink has yet to be told. */
export interface DueAlert {
  alert: Alert;
  sink: string;
}

/** An alert on its way to one sink. */
export interface Delivery extends DueAlert {
  place: MonitoringTarget;
}

interface AlertPorts extends Pick<Ports, 'alerts' | 'monitoringLog' | 'now'> {
  schedules: Pick<Ports['schedules'], 'pauseNote'>;
  running: () => Pick<RunningActivity, 'signal'>;
}

/** Alert: what is due, then one activity a sink, so that a sink that fails is tried again alone. */
export function createAlertActivities({ alerts, monitoringLog, schedules, running, now }: AlertPorts) {
  return {
    /**
     * What somebody has yet to be told: of the episodes that go on, of a pause and of
     * retrainings that failed, whatever kept it from being told before.
     */
    async dueAlerts(input: {
      definition: Definition;
      entry: CheckEntry;
      report: ReportAddress | null;
    }): Promise<DueAlert[]> {
      const { definition, entry, report } = input;
      const target = monitoringTarget(definition);
      const heard = new Set((await monitoringLog.delivered(target)).map(({ alert, sink }) => `${alert} ${sink}`));
      const retrainings = await monitoringLog.retrainings(target);
      const text = await schedules.pauseNote(retrainSchedule(definition));
      const pauseNote = text === null ? null : { text, sha256: sha256Of(text) };
      const known = { pauseNote, now: now(), version: entry.model.version };
      const due = [...episodeAlerts(entry, report?.html ?? null), ...retrainingAlerts(definition, retrainings, known)];
      return due.flatMap((alert) =>
        alerts.flatMap(({ name: sink }) => (heard.has(`${alert.id} ${sink}`) ? [] : [{ alert, sink }])),
      );
    },

    /** Tells a sink and writes down that it has heard; one that has heard already is left alone. */
    async sendAlert({ place, alert, sink: name }: Delivery): Promise<void> {
      const heard = await monitoringLog.delivered(place);
      if (heard.some((known) => known.alert === alert.id && known.sink === name)) return;
      const sink = alerts.find((known) => known.name === name);
      if (sink === undefined)
        throw new PipelineFailure(
          'AlertRefused',
          `This worker has no alert sink called ${name}, only ${alerts.map((known) => known.name).join(', ')}; give all workers the same MLOPS_ALERT settings.`,
        );
      await sink.send(alert, running().signal);
      await monitoringLog.recordDelivery(place, { alert: alert.id, sink: name });
    },
  };
}

/** Stage and schema of each. */
export const ALERT_INPUTS = inputsOf<ReturnType<typeof createAlertActivities>>()({
  dueAlerts: {
    stage: 'alert',
    input: z.strictObject({ definition, entry: checkEntry, report: reportAddress.nullable() }),
  },
  sendAlert: { stage: 'alert', input: z.strictObject({ place, alert, sink: z.string().min(1) }) },
});
