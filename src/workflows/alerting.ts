import { ActivityFailure, isCancellation, proxyActivities } from '@temporalio/workflow';
import type { Activities } from '../activities/index.js';
import type { Alert } from '../contracts/monitoring.js';
import { alerting } from './profiles.js';

const { alertSinks, sendAlert } = proxyActivities<Activities>(alerting);

/**
 * Tells every sink, each with tries of its own.
 * @returns a sentence for every sink that could not be told
 */
export async function alertAll(alert: Alert): Promise<string[]> {
  const told = (await alertSinks()).map(async (sink) => {
    try {
      await sendAlert.executeWithOptions({ ...alerting, summary: `${alert.kind} to ${sink}` }, [{ alert, sink }]);
      return [];
    } catch (error) {
      if (isCancellation(error) || !(error instanceof ActivityFailure)) throw error;
      return [`${sink} was not told of ${alert.kind}: ${error.cause?.message ?? error.message}`];
    }
  });
  return (await Promise.all(told)).flat();
}
