import { PipelineFailure } from '../../../contracts/failures.js';
import { downloadArtifact, uploadArtifact, setRunTags } from '../run-data.js';
import type { MlflowClient } from '../client.js';
import { claimParam, type FoundRun, getRun } from '../runs.js';
import { sha256Of } from '../../../store/files.js';
import {
  chained,
  type Head,
  type LogOwner,
  requireSigned,
  seal,
  START,
  type Tampered,
} from '../../../registry/event-log.js';
import type { LogEntry, Statement } from '../../../registry/registry.js';

/** Characters that a parameter holds (mlflow/utils/validation.py of 3.17); a longer line is an artifact of the run. */
const PARAM_CHARACTERS = 6000;

/** A reader is told of a torn state between two requests of writers; it looks again, so often at most. */
const READS = 5;

/** Writers that may come between before one gives up for this try. */
const RIVALS = 100;

/**
 * Tags that know the end of the log, one an entry: one that could be set back would do so when its writer is late. They
 * follow, as no two requests are one here; what was appended by somebody else is known by its signature.
 */
const HEAD = 'mlops.head.';
const HEAD_TAG = /^mlops\.head\.(\d{6,})$/;

/** Key of the parameter that holds an entry. */
const keyOf = (sequence: number) => String(sequence).padStart(6, '0');

/** Parameter of an entry that is too long for one: the hash of its line. */
const BY_HASH = /^sha256:([0-9a-f]{64})$/;
const fileOf = (sha256: string) => `log/${sha256}.json`;

/** Where a model's log is. */
export interface LogLocation extends LogOwner {
  client: MlflowClient;
  runId: string;
  /** Long lines that were read before, by their hash. */
  longLines: Map<string, string>;
}

/**
 * The log in the parameters of a run, `000001` and on, every entry checked against the chain, the last one's signature,
 * and the chain against its head. MLflow takes a parameter once, so that of two writers of one entry the second is told to look again.
 * @throws PipelineFailure `LogTampered`
 */
export async function readMlflowLog(place: LogLocation): Promise<LogEntry[]> {
  return (await read(place)).log;
}

/**
 * Appends what `decide` makes of the log as it is at that time; `null` appends nothing.
 * @throws PipelineFailure `LogTampered`; nothing is written then
 * @throws Error, worth another try, when others are faster 100 times in a row
 */
export async function appendMlflowEvent(
  place: LogLocation,
  now: () => Date,
  decide: (log: LogEntry[]) => Statement | null,
): Promise<void> {
  const { client, runId } = place;
  for (let rival = 0; rival < RIVALS; rival++) {
    const { run, log, head: known } = await read(place);
    const statement = decide(log);
    const last: Head = log.at(-1) ?? START;
    // The writer of the last entry may have been killed before it said so.
    if (known.sequence < last.sequence) await setRunTags(client, run, tagOf(last));
    if (statement === null) return;
    const { line, head } = await seal(place, statement, last, now());
    const value = await held(client, run, line);
    if (!(await claimParam(client, runId, { key: keyOf(head.sequence), value }))) continue;
    await setRunTags(client, run, tagOf(head));
    return;
  }
  throw new Error(`Others wrote to the log of model ${place.name} all the time; try again.`);
}

const tagOf = ({ sequence, hash }: Head) => ({ [`${HEAD}${keyOf(sequence)}`]: hash });

/** What the parameter of a line holds. */
async function held(client: MlflowClient, run: FoundRun, line: string): Promise<string> {
  if (line.length <= PARAM_CHARACTERS) return line;
  const sha256 = sha256Of(line);
  await uploadArtifact(client, run, fileOf(sha256), new TextEncoder().encode(line));
  return `sha256:${sha256}`;
}

async function read(place: LogLocation): Promise<{ run: FoundRun; log: LogEntry[]; head: Head }> {
  const tampered = tamperedAt(place);
  for (let again = 1; ; again++) {
    const run = await openRun(place);
    try {
      const log = chained(await linesOf(place, run), tampered);
      const head = headOf(run);
      requireHead(log, head, tampered);
      const last = log.at(-1);
      if (last !== undefined) await requireSigned(place, last, tampered);
      return { run, log, head };
    } catch (error) {
      if (again === READS || !(error instanceof PipelineFailure) || error.type !== 'LogTampered') throw error;
    }
  }
}

/** The log may be longer than the latest head knows, as heads follow; what that one knows must be there. */
function requireHead(log: LogEntry[], { sequence, hash }: Head, tampered: Tampered): void {
  if (log.length < sequence) throw tampered(log.length + 1, `is missing, as the head knows ${sequence} entries`);
  if (sequence > 0 && log[sequence - 1]!.hash !== hash)
    throw tampered(sequence, 'is not the one whose hash the head has');
}

async function openRun({ client, name, runId }: LogLocation): Promise<FoundRun> {
  const run = await getRun(client, runId);
  if (run?.active === true) return run;
  throw new PipelineFailure(
    run === null ? 'LogTampered' : 'RegistryUnusable',
    `The MLflow run ${runId}, which holds the log of model ${name}, ${run === null ? 'is gone: restore it from a backup of the server' : `was deleted: restore it with mlflow runs restore --run-id ${runId}`} (what serves keeps serving).`,
  );
}

async function linesOf(place: LogLocation, run: FoundRun): Promise<string[]> {
  const entries = [...run.params].filter(([key]) => /^\d{6,}$/.test(key)).sort(([a], [b]) => Number(a) - Number(b));
  const lines: string[] = [];
  for (const [key, value] of entries) {
    const number = lines.length + 1;
    if (key !== keyOf(number)) throw tamperedAt(place)(number, `is missing, as the next parameter is ${key}`);
    const sha256 = BY_HASH.exec(value)?.[1];
    lines.push(sha256 === undefined ? value : await longLine(place, run, number, sha256));
  }
  return lines;
}

async function longLine(place: LogLocation, run: FoundRun, number: number, sha256: string): Promise<string> {
  const known = place.longLines.get(sha256);
  if (known !== undefined) return known;
  const bytes = await downloadArtifact(place.client, run, fileOf(sha256));
  if (bytes === null) throw tamperedAt(place)(number, `is missing, as its artifact ${fileOf(sha256)} is gone`);
  if (sha256Of(bytes) !== sha256) throw tamperedAt(place)(number, `does not fit the hash of ${fileOf(sha256)}`);
  const line = new TextDecoder().decode(bytes);
  place.longLines.set(sha256, line);
  return line;
}

/** The latest that any writer knew. */
function headOf({ tags }: FoundRun): Head {
  const heads = [...tags].flatMap(([tag, hash]) => {
    const sequence = Number(HEAD_TAG.exec(tag)?.[1] ?? 0);
    return sequence > 0 ? [{ sequence, hash }] : [];
  });
  return heads.reduce((last, head) => (head.sequence > last.sequence ? head : last), START);
}

const tamperedAt =
  ({ name, runId }: LogLocation): Tampered =>
  (entry, what) =>
    new PipelineFailure(
      'LogTampered',
      `The log of model ${name} was tampered with: entry ${entry} of the MLflow run ${runId} ${what}; restore this run's parameters, tags and artifacts from a backup of the server (what serves keeps serving).`,
    );
