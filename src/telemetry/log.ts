import { type LogEntry, DefaultLogger, type Logger, type LogLevel as SdkLevel } from '@temporalio/worker';
import { pino } from 'pino';
import type { TelemetrySettings } from '../config/service-settings.js';
import { PipelineFailure } from '../contracts/failures.js';
import { printable } from '../contracts/text.js';

/** What a line may carry beside its message: ids and names, never an input or a result. */
const FIELDS = ['workflowId', 'runId', 'workflowType', 'activityId', 'activityType', 'attempt', 'taskQueue'] as const;

/** A warning of the SDK's about the Worker of numeric work, which is meant to have no workflows. */
const MEANT = 'No workflows registered';

type StageOf = (activity: string) => string | null;

/** Longest message of an error in a line, in characters. */
const MOST_CHARACTERS = 2000;

/**
 * The log of a worker, for the SDK as well. `text`: lines for people; `json`: one object a line with time, level and
 * message, and in an activity with workflowId, runId, activityId and stage.
 * @param write takes a line with its end
 * @param stageOf the stage that an activity works for
 */
export function createLog(
  { level, format }: TelemetrySettings['log'],
  write: (line: string) => void,
  stageOf: StageOf,
): Logger {
  const tell =
    format === 'text'
      ? (entry: LogEntry) => write(`${textOf(entry, fieldsOf(entry, stageOf))}\n`)
      : jsonLines(level, write, stageOf);
  return new DefaultLogger(level.toUpperCase() as SdkLevel, (entry) => {
    if (!entry.message.startsWith(MEANT)) tell(entry);
  });
}

function jsonLines(level: TelemetrySettings['log']['level'], write: (line: string) => void, stageOf: StageOf) {
  const formatters = { level: (label: string) => ({ level: label }) };
  const stream = { write: (line: string) => write(`${printable(line.trimEnd())}\n`) };
  const lines = pino({ level, base: null, messageKey: 'message', timestamp: false, formatters }, stream);
  return (entry: LogEntry) => {
    const severity = entry.level.toLowerCase() as typeof level;
    lines[severity]({ time: timeOf(entry), ...fieldsOf(entry, stageOf) }, entry.message);
  };
}

const timeOf = ({ timestampNanos }: LogEntry) => new Date(Number(timestampNanos / 1_000_000n)).toISOString();

function textOf(entry: LogEntry, { error, ...fields }: Fields): string {
  const reported = Object.entries(fields).map(([name, value]) => `${name}=${printable(String(value))}`);
  const frames = error?.stack?.split('\n').map((frame) => `\n${printable(frame)}`) ?? [];
  const why = error === undefined ? '' : printable(`: ${error.type}: ${error.message}`) + frames.join('');
  return [`${timeOf(entry)} [${entry.level}] ${printable(entry.message)}${why}`, ...reported].join(' ');
}

interface Fields {
  [name: string]: unknown;
  error?: { type: string; message: string; stack?: string };
}

function fieldsOf({ meta = {} }: LogEntry, stageOf: StageOf): Fields {
  const fields: Fields = {};
  for (const name of FIELDS) if (meta[name] !== undefined) fields[name] = meta[name];
  // The SDK names the run so in activities.
  if (meta['workflowRunId'] !== undefined) fields['runId'] = meta['workflowRunId'];
  const stage = typeof meta['activityType'] === 'string' ? stageOf(meta['activityType']) : null;
  if (stage !== null) fields['stage'] = stage;
  if (typeof meta['durationMs'] === 'number') fields['durationMs'] = meta['durationMs'];
  if (meta['error'] !== undefined) fields.error = errorOf(meta['error']);
  return fields;
}

/** A failure that somebody can mend has its sentence; only a fault of the program has a stack. */
function errorOf(error: unknown): NonNullable<Fields['error']> {
  if (!(error instanceof Error)) return { type: 'Error', message: String(error).slice(0, MOST_CHARACTERS) };
  const message = error.message.slice(0, MOST_CHARACTERS);
  const type = 'type' in error && typeof error.type === 'string' ? error.type : error.name;
  const meant = error instanceof PipelineFailure || ('nonRetryable' in error && error.nonRetryable === true);
  if (meant || error.stack === undefined) return { type, message };
  const frames = error.stack.split('\n').filter((line) => /^\s+at /.test(line)); // the head repeats the message
  return { type, message, stack: frames.join('\n') };
}
