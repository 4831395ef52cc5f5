import type { Definition } from '../contracts/definition.js';
import type { Alert } from '../contracts/monitoring.js';
import { retrainSchedule } from '../contracts/pipeline.js';
import type { Pause } from '../registry/monitoring-log.js';

/** What a person is told of a pause; the same however often it is asked for. */
export function pauseAlert(definition: Definition, pause: Pause, version: number): Alert {
  const { model, monitoring } = definition;
  const times = `${monitoring.retraining.refusedInARow} retrainings in a row were refused by the gate`;
  return {
    id: `${model}/retraining-paused-${pause.at}`,
    kind: 'retraining-paused',
    model: { name: model, version },
    at: pause.at,
    message: `Retraining of ${model} is paused, because ${times}; look at their reports, then npm run schedules -- resume ${retrainSchedule(definition)}.`,
    report: null,
  };
}
