import { PipelineFailure } from '../contracts/failures.js';
import { sha256Of } from '../store/files.js';
import { ConflictError, type Objects } from '../store/objects.js';
import type { LogKey } from './log-key.js';
import type { LogEntry, Statement } from './registry.js';

/** An entry's place: its number, and the hash that stands for all up to it. */
export type Head = Pick<LogEntry, 'sequence' | 'hash'>;

/** What the first entry follows. */
export const START: Head = { sequence: 0, hash: '0'.repeat(64) };

/** Makes the failure of a log whose entry of this number, 1 for the first, is not what it was. */
export type Tampered = (entry: number, what: string) => PipelineFailure;

/** Whose log it is, and who vouches for it. */
export interface LogOwner {
  /** Name of the model. */
  name: string;
  key: LogKey;
}

/** A statement as the signed line of a log that follows `last`. */
export async function seal(
  { name, key }: LogOwner,
  statement: Statement,
  last: Head,
  at: Date,
): Promise<{ line: string; head: Head }> {
  const sequence = last.sequence + 1;
  const text = JSON.stringify({ ...statement, sequence, at: at.toISOString(), previousHash: last.hash });
  const head = { sequence, hash: sha256Of(text) };
  return { line: lineOf(text, head.hash, await key.sign(signedText(name, head))), head };
}

/** What a signature of an entry is over. */
export const signedText = (name: string, { sequence, hash }: Head): string =>
  `anemia-mlops log entry\n${name}\n${sequence}\n${hash}`;

/** The JSON text of an entry with its hash and its signature as the last members. */
const lineOf = (text: string, hash: string, signature: unknown): string =>
  `${text.slice(0, -1)},"hash":"${hash}","signature":${JSON.stringify(signature)}}`;

/**
 * The entries of lines, every one checked against the one before; the signature of the last one, which is over all, is
 * not. @throws what `tampered` makes
 */
export function chained(lines: string[], tampered: Tampered): LogEntry[] {
  const log: LogEntry[] = [];
  for (const line of lines) {
    const number = log.length + 1;
    const entry = parsed(line);
    if (entry === null) throw tampered(number, 'is not a JSON object');
    const { hash, signature, ...rest } = entry;
    if (entry.sequence !== number) throw tampered(number, `says that it is entry ${String(entry.sequence)}`);
    if (entry.previousHash !== (log.at(-1) ?? START).hash)
      throw tampered(number, 'does not have the hash of the one before');
    const text = JSON.stringify(rest);
    if (hash !== sha256Of(text)) throw tampered(number, 'does not fit its own hash');
    if (lineOf(text, hash, signature) !== line) throw tampered(number, 'is not written as its writer does it');
    if (typeof signature?.key !== 'string' || typeof signature.value !== 'string')
      throw tampered(number, 'has no signature');
    log.push(entry as LogEntry); // its signature vouches for the rest
  }
  return log;
}

/** Checks an entry's signature, which is over all entries up to it. @throws what `tampered` makes */
export async function requireSigned({ name, key }: LogOwner, entry: LogEntry, tampered: Tampered): Promise<void> {
  const trouble = await key.troubleWith(signedText(name, entry), entry.signature);
  if (trouble !== null) throw tampered(entry.sequence, trouble);
}

/** The JSON object that a text is, `null` for any other text. */
function parsed(text: string): Partial<LogEntry> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && !Array.isArray(value) ? value : null;
  } catch {
    return null;
  }
}

/** Names of a model's log, a line an entry, and of its head: the last line, which is written there first. */
const LOG_FILE = 'promotions.jsonl';
const HEAD_FILE = 'promotions.head.json';

const logOf = (name: string) => `${name}/${LOG_FILE}`;
const headOf = (name: string) => `${name}/${HEAD_FILE}`;

/** The log of a model, checked. @throws PipelineFailure `LogTampered` */
export const readLog = async (objects: Objects, owner: LogOwner): Promise<LogEntry[]> =>
  (await read(objects, owner)).log;

/**
 * Appends to a log that still is as it was read: the entry is put as the head over that very head, from when it counts,
 * and then into the log. The chain makes every head another one, so that equal tags are equal logs. Whoever finds a log
 * that lacks its head puts it there, as its writer may have been killed.
 * @throws ConflictError when another writer was faster; nothing is written then
 */
export async function appendToLog(
  objects: Objects,
  owner: LogOwner,
  { log, statement, at }: { log: LogEntry[]; statement: Statement; at: Date },
): Promise<void> {
  const last = log.at(-1) ?? START;
  const found = await read(objects, owner);
  if ((found.log.at(-1) ?? START).hash !== last.hash) throw new ConflictError();
  await addToLog(objects, owner, found);
  const { line, head } = await seal(owner, statement, last, at);
  const condition = found.headTag === null ? 'when-absent' : { whenTag: found.headTag };
  const tag = await objects.put(headOf(owner.name), Buffer.from(`${line}\n`), condition);
  const now = await read(objects, owner);
  // An answer that was lost may hide that the entry is in, with others behind it by now.
  if (tag === null && now.log[log.length]?.hash !== head.hash) throw new ConflictError();
  await addToLog(objects, owner, now);
}

/** Puts the head's line where the log lacks it, unless another one has done so meanwhile. */
async function addToLog(objects: Objects, { name }: LogOwner, { pending, text, logTag }: FoundLog): Promise<void> {
  if (pending === null) return;
  const bytes = Buffer.from(`${text}${text === '' || text.endsWith('\n') ? '' : '\n'}${pending}\n`);
  const condition = logTag === null ? 'when-absent' : { whenTag: logTag };
  await objects.put(logOf(name), bytes, condition);
}

/** A log as it was read, and the tags of both objects, `null` where there was none. */
interface FoundLog extends ReadLog {
  text: string;
  logTag: string | null;
  headTag: string | null;
}

async function read(objects: Objects, owner: LogOwner): Promise<FoundLog> {
  const head = await objects.get(headOf(owner.name));
  const found = await objects.get(logOf(owner.name));
  const after = await objects.get(headOf(owner.name));
  const text = textOf(found);
  const checked = await checkedLog(owner, { before: textOf(head), lines: linesOf(text), after: textOf(after) });
  return { ...checked, text, logTag: found?.tag ?? null, headTag: head?.tag ?? null };
}

/** A last line without its line break is one too, as a put is whole or not at all. */
function linesOf(text: string): string[] {
  const lines = text.split('\n');
  return lines.at(-1) === '' ? lines.slice(0, -1) : lines;
}

const textOf = (found: { bytes: Uint8Array } | null): string =>
  found === null ? '' : Buffer.from(found.bytes).toString('utf8');

/** What was read of a log, and its head as it was before and after. */
interface LogTexts {
  before: string;
  lines: string[];
  after: string;
}

/** A log as it was when its head was read. */
interface ReadLog {
  log: LogEntry[];
  /** The last line, which the log lacks: its writer was killed, or has yet to append it. */
  pending: string | null;
}

/**
 * The entries of a model's log up to its head, every one checked. An entry counts from the moment that it is the head, so
 * that the log may lack just that one, and has none that no head was before.
 * @throws PipelineFailure `LogTampered`
 */
async function checkedLog(owner: LogOwner, { before, lines, after }: LogTexts): Promise<ReadLog> {
  const tampered = tamperedIn(owner.name);
  const head = lineIn(before);
  const end = sequenceIn(before, tampered);
  const pending = head !== null && lines.length === end - 1 ? head : null;
  const log = chained(pending === null ? lines : [...lines, pending], tampered);
  if (log.length < end) throw tampered(log.length + 1, `is missing, as the head is entry ${end}`);
  const known = Math.max(end, sequenceIn(after, tampered));
  if (log.length > known) throw tampered(known + 1, 'was appended though no head says so');
  if (pending === null && end > 0 && lines[end - 1] !== head) throw tampered(end, 'is not the one that the head has');
  const last = log[end - 1];
  if (last !== undefined) await requireSigned(owner, last, tampered);
  return { log: log.slice(0, end), pending };
}

/** The line that a head holds, `null` for that of an empty log. */
const lineIn = (text: string): string | null => (text === '' ? null : text.replace(/\n$/, ''));

/** The number of the entry that a head is, 0 for that of an empty log. @throws what `tampered` makes */
function sequenceIn(text: string, tampered: Tampered): number {
  if (text === '') return 0;
  const { sequence } = parsed(text) ?? {};
  if (Number.isSafeInteger(sequence) && sequence! > 0) return sequence!;
  throw tampered(1, `cannot be checked, as ${HEAD_FILE} is not the head of a log`);
}

const tamperedIn =
  (name: string): Tampered =>
  (line, what) =>
    new PipelineFailure(
      'LogTampered',
      `The log of model ${name} was tampered with: line ${line} of its ${LOG_FILE} ${what}; restore ` +
        `${LOG_FILE} and ${HEAD_FILE} from a backup (what serves keeps serving).`,
    );
