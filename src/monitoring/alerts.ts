import { npmScript } from '../contracts/commands.js';
import type { Definition } from '../contracts/definition.js';
import type { Alert, CheckEntry, RetrainingFailure, RetrainingPause } from '../contracts/monitoring.js';
import { retrainSchedule } from '../contracts/names.js';
import { DAY_MS, HOUR_MS } from '../contracts/text.js';

/** What a person is told of the episodes that go on after a check; once for each, by its id. */
export const episodeAlerts = ({ model, decision, at }: CheckEntry, report: string | null): Alert[] =>
  decision.episodes.map(({ id, kind }) => ({
    id: `${model.name}/${id}`,
    kind,
    model: { name: model.name, version: model.version },
    at,
    message: decision.why,
    report,
  }));

/** What was written down of retrainings that went wrong: the latest pause, and failures, oldest first. */
interface Troubles {
  pause: RetrainingPause | null;
  failures: readonly RetrainingFailure[];
}

/** Why a schedule is paused, by its own note. */
interface PauseNote {
  text: string;
  /** Of the text. */
  sha256: string;
}

/** A failure that no sink could be told of for so long is old news. */
const FAILURE_DUE_MS = 7 * DAY_MS;

/** How the server's note begins when it paused a schedule because a run had failed; the run's workflow id follows. */
const PAUSED_BY_SERVER = 'paused due to workflow ';

/** Digits of the note's hash in the name of such a pause. */
const NOTE_DIGITS = 16;

const pausedBeginning = (model: string) => `Retraining of ${model} is paused, because `;
const resumed = (definition: Definition) => npmScript('schedules', 'resume', retrainSchedule(definition));

/** What a person is told of a pause after refusals; the same however often it is asked for. */
export function pauseAlert(definition: Definition, pause: RetrainingPause, version: number): Alert {
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

/** The failure that one is still: of the same run, or told in the same words within the cooldown. */
export const sameFailure = (
  failures: readonly RetrainingFailure[],
  { run, at, message }: RetrainingFailure,
  { cooldownHours }: { cooldownHours: number },
): RetrainingFailure | undefined =>
  failures.findLast(
    (known) =>
      known.run === run ||
      (known.message === message && Date.parse(known.at) > Date.parse(at) - cooldownHours * HOUR_MS),
  );

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
  { pause, failures }: Troubles,
  { pauseNote, now, version }: { pauseNote: PauseNote | null; now: Date; version: number },
): Alert[] {
  const due = failures
    .filter(({ at }) => now.getTime() - Date.parse(at) < FAILURE_DUE_MS)
    .map((failure) => failureAlert(definition, failure, version));
  if (pauseNote?.text.startsWith(pausedBeginning(definition.model)) && pause !== null)
    due.push(pauseAlert(definition, pause, version));
  const said = failures.some(({ run }) => pauseNote?.text.includes(run.slice(0, run.lastIndexOf('/'))));
  if (pauseNote?.text.startsWith(PAUSED_BY_SERVER) && !said)
    due.push(serverPauseAlert(definition, pauseNote, now, version));
  return due;
}

function serverPauseAlert(definition: Definition, note: PauseNote, now: Date, version: number): Alert {
  const { model } = definition;
  return {
    id: `${model}/retraining-paused-${note.sha256.slice(0, NOTE_DIGITS)}`,
    kind: 'retraining-paused',
    model: { name: model, version },
    at: now.toISOString(),
    message: `${pausedBeginning(model)}a run of its schedule failed; ${npmScript('schedules')} names the run; mend the cause, then ${resumed(definition)}.`,
    report: null,
  };
}
