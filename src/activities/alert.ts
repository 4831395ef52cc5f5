import { PipelineFailure } from '../contracts/failures.js';
import type { Alert } from '../contracts/monitoring.js';
import type { Ports } from './ports.js';

/** Alert: one activity a sink, so that a sink that fails is tried again alone. */
export function createAlertActivities({ alerts, running }: Pick<Ports, 'alerts' | 'running'>) {
  return {
    /** Names of the sinks, in the order they are to be used. */
    alertSinks: (): Promise<string[]> => Promise.resolve(alerts.map(({ name }) => name)),

    async sendAlert(input: { alert: Alert; sink: string }): Promise<void> {
      const sink = alerts.find(({ name }) => name === input.sink);
      if (sink === undefined)
        throw new PipelineFailure(
          'AlertRefused',
          `This worker has no alert sink called ${input.sink}, only ${alerts.map(({ name }) => name).join(', ')}; give all workers the same MLOPS_ALERT settings.`,
        );
      await sink.send(input.alert, running().signal);
    },
  };
}
