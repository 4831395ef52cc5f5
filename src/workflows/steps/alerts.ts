import { ActivityFailure, isCancellation } from '@temporalio/workflow';
import type { Definition } from '../../contracts/definition.js';
import { reasonOf } from '../../contracts/failures.js';
import type { Alert } from '../../contracts/monitoring.js';
import { alerting, on } from '../kit/profiles.js';

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
      await on(alerting, `${alert.kind} to ${sink}`).sendAlert({ place, alert, sink });
      return [];
    } catch (error) {
      if (isCancellation(error) || !(error instanceof ActivityFailure)) throw error;
      return [`${sink} was not told of ${alert.kind}: ${reasonOf(error)}`];
    }
  });
  return (await Promise.all(told)).flat();
}
