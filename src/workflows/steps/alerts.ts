import { ActivityFailure, isCancellation, proxyActivities } from '@temporalio/workflow';
import type { Activities } from '../../activities/index.js';
import type { Definition } from '../../contracts/definition.js';
import type { Alert } from '../../contracts/monitoring.js';
import { causeOf } from '../kit/causes.js';
import { alerting } from '../kit/profiles.js';

const { sendAlert } = proxyActivities<Activities>(alerting);

/**
 * Tells sinks, each with tries of its own. What cannot be told now is due again at the next check.
 * @returns a sentence for every sink that could not be told
 */
export async function deliver(
  { model, deployment: { functionName, alias } }: Definition,
  due: { alert: Alert; sink: string }[],
): Promise<string[]> {
  const place = { model, functionName, alias };
  const told = due.map(async ({ alert, sink }) => {
    try {
      await sendAlert.executeWithOptions({ ...alerting, summary: `${alert.kind} to ${sink}` }, [
        { place, alert, sink },
      ]);
      return [];
    } catch (error) {
      if (isCancellation(error) || !(error instanceof ActivityFailure)) throw error;
      return [`${sink} was not told of ${alert.kind}: ${causeOf(error)}`];
    }
  });
  return (await Promise.all(told)).flat();
}
