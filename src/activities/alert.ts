import { createHash } from 'node:crypto';
import { z } from 'zod';
import { npmScript } from '../contracts/commands.js';
import type { Definition } from '../contracts/definition.js';
import { PipelineFailure } from '../contracts/failures.js';
import type { Alert } from '../contracts/monitoring.js';
import { retrainSchedule } from '../contracts/names.js';
import { DAY_MS } from '../contracts/text.js';
import type { MonitoringTarget, Pause, RetrainingFailure, Retrainings } from '../registry/monitoring-log.js';
import { alert, place } from './inputs/monitoring.js';
import { inputsOf } from './inputs/parse.js';
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

/** Stage and schema of each. */
export const ALERT_INPUTS = inputsOf<ReturnType<typeof createAlertActivities>>()({
  sendAlert: { stage: 'alert', input: z.strictObject({ place, alert, sink: z.string().min(1) }) },
});

/** A failure that no sink could be told of for so long is old news. */
const FAILURE_DUE_MS = 7 * DAY_MS;

/** How the server's note begins when it paused a schedule because a run had failed; the run's workflow id follows. */
const PAUSED_BY_SERVER = 'paused due to workflow ';

/** Digits of the note's hash in the name of such a pause. */
const NOTE_DIGITS = 16;

const pausedBeginning = (model: string) => `Retraining of ${model} is paused, because `;
const resumed = (definition: Definition) => npmScript('schedules', 'resume', retrainSchedule(definition));

/** What a person is told of a pause after refusals; the same however often it is asked for. */
export function pauseAlert(definition: Definition, pause: Pause, version: number): Alert {
  const { model, monitoring } = definition;
  const times = `${monitoring.retraining.refusedInARow} retrainings in a row were refused by the gate`;
  return {
    id: `${model}/retraining-paused-${pause.at}`,
    kind: 'retraining-paused',
    model: { name: model, version },
    at: pause.at,
    message: `${pausedBeginning(model)}${times}; look at their reports, then ${resumed(definition)}.`,
    report: null,
  };
}

/** Why a retraining failed, in sentences; `planned` when its schedule started it, which the failure pauses. */
export function failureMessage(definition: Definition, reason: string, planned: boolean): string {
  const paused = planned
    ? ` Its schedule pauses when a run of it fails, and with it every retraining: mend the cause, then ${resumed(definition)}.`
    : '';
  return `Retraining of ${definition.model} failed: ${reason} What served before still serves.${paused}`;
}

/** What a person is told of a failure; the same however often it is asked for. */
export function failureAlert({ model }: Definition, { run, at, message }: RetrainingFailure, version: number): Alert {
  const id = `${model}/retraining-failed-${run}`;
  return { id, kind: 'retraining-failed', model: { name: model, version }, at, message, report: null };
}

/**
 * What people should know of retraining: failures of the last seven days, and a pause that holds and was none of theirs,
 * be it after refusals or by the server, for a run that could not even say that it failed.
 */
export function retrainingAlerts(
  definition: Definition,
  { pause, failures }: Retrainings,
  { pauseNote, now, version }: { pauseNote: string | null; now: Date; version: number },
): Alert[] {
  const due = failures
    .filter(({ at }) => now.getTime() - Date.parse(at) < FAILURE_DUE_MS)
    .map((failure) => failureAlert(definition, failure, version));
  if (pauseNote?.startsWith(pausedBeginning(definition.model)) && pause !== null)
    due.push(pauseAlert(definition, pause, version));
  const said = failures.some(({ run }) => pauseNote?.includes(run.slice(0, run.lastIndexOf('/'))));
  if (pauseNote?.startsWith(PAUSED_BY_SERVER) && !said) due.push(serverPauseAlert(definition, pauseNote, now, version));
  return due;
}

function serverPauseAlert(definition: Definition, note: string, now: Date, version: number): Alert {
  const { model } = definition;
  const digest = createHash('sha256').update(note).digest('hex').slice(0, NOTE_DIGITS);
  return {
    id: `${model}/retraining-paused-${digest}`,
    kind: 'retraining-paused',
    model: { name: model, version },
    at: now.toISOString(),
    message: `${pausedBeginning(model)}a run of its schedule failed; ${npmScript('schedules')} names the run; mend the cause, then ${resumed(definition)}.`,
    report: null,
  };
}
