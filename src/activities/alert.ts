import { z } from 'zod';
import { PipelineFailure } from '../contracts/failures.js';
import type { Alert } from '../contracts/monitoring.js';
import type { MonitoringTarget } from '../registry/monitoring-log.js';
import { alert, place } from './inputs/monitoring.js';
import { inputsOf } from './inputs/table.js';
import type { Ports } from './ports.js';

/** An alert on its way to one sink. */
export interface Delivery {
  place: MonitoringTarget;
  alert: Alert;
  sink: string;
}

/** Alert: one activity a sink, so that a sink that fails is tried again alone. */
export function createAlertActivities({
  alerts,
  monitoringLog,
  running,
}: Pick<Ports, 'alerts' | 'monitoringLog' | 'running'>) {
  return {
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

/** What each of these is given. The types ask for an activity, or a field of its input, that is added. */
export const ALERT_INPUTS = inputsOf<ReturnType<typeof createAlertActivities>>()({
  sendAlert: { stage: 'alert', input: z.strictObject({ place, alert, sink: z.string().min(1) }) },
});
