import type { Objects } from '../store/objects.js';
import { type LogOwner, seal, START } from './chain.js';
import { checkedLog, HEAD_FILE, LOG_FILE, type ReadLog } from './log-text.js';
import type { LogEntry, Statement } from './registry.js';
import { ConflictError } from './conflicts.js';

const logOf = (name: string) => `${name}/${LOG_FILE}`;
const headOf = (name: string) => `${name}/${HEAD_FILE}`;

/** The log of a model, checked as that of files is. @throws PipelineFailure `LogTampered` */
export const readObjectLog = async (objects: Objects, owner: LogOwner): Promise<LogEntry[]> =>
  (await read(objects, owner)).log;

/**
 * Appends to a log that still is as it was read: the entry is put as the head over that very head, from when it counts,
 * and then into the log. The chain makes every head another one, so that equal tags are equal logs. Whoever finds a log
 * that lacks its head puts it there, as its writer may have been killed.
 * @throws ConflictError when another writer was faster; nothing is written then
 */
export async function appendToObject(
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

/** A last line without its line break is one too: a put is whole or not at all. */
function linesOf(text: string): string[] {
  const lines = text.split('\n');
  return lines.at(-1) === '' ? lines.slice(0, -1) : lines;
}

const textOf = (found: { bytes: Uint8Array } | null): string =>
  found === null ? '' : Buffer.from(found.bytes).toString('utf8');
