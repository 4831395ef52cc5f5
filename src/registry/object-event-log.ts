import type { Objects } from '../store/objects.js';
import { type Head, seal, START } from './chain.js';
import { checkedLog, HEAD_FILE, headIn, headText, LOG_FILE } from './log-text.js';
import type { Cause, LogEntry, RegistryEvent } from './registry.js';
import { amongRivals, Outrun } from './rivals.js';

const logOf = (name: string) => `${name}/${LOG_FILE}`;
const headOf = (name: string) => `${name}/${HEAD_FILE}`;

/** The log of a model, checked as that of files is. @throws PipelineFailure `LogTampered` */
export async function readObjectLog(objects: Objects, name: string): Promise<LogEntry[]> {
  const before = await textOf(objects, headOf(name));
  const lines = linesOf(await textOf(objects, logOf(name)));
  return checkedLog(name, { before, lines, after: await textOf(objects, headOf(name)) });
}

/**
 * Appends to a log that still is as it was read: the whole is put over that very state. The chain makes every state
 * another one, so that equal tags are equal logs. The head follows, never backwards, and the next writer raises it
 * where this one did not come to it.
 * @throws Outrun when another writer was faster; nothing is written then
 */
export async function appendToObject(
  objects: Objects,
  name: string,
  { log, event, at }: { log: LogEntry[]; event: RegistryEvent & Cause; at: Date },
): Promise<void> {
  const last: Head = log.at(-1) ?? START;
  await raiseHead(objects, name, last);
  const found = await objects.get(logOf(name));
  const text = found === null ? '' : Buffer.from(found.bytes).toString('utf8');
  if (!endsWith(text, last)) throw new Outrun();
  const { line, head } = seal(event, last, at);
  const bytes = Buffer.from(`${text}${line}\n`);
  const tag = await objects.put(logOf(name), bytes, found === null ? 'when-absent' : { whenTag: found.tag });
  // An answer that was lost may hide that the entry is in, with others behind it by now.
  if (tag === null && linesOf(await textOf(objects, logOf(name)))[log.length] !== line) throw new Outrun();
  await raiseHead(objects, name, head);
}

async function raiseHead(objects: Objects, name: string, head: Head): Promise<void> {
  if (head.sequence === 0) return;
  await amongRivals(`the log of model ${name}`, async () => {
    const found = await objects.get(headOf(name));
    if (found !== null && headIn(name, Buffer.from(found.bytes).toString('utf8')).sequence >= head.sequence) return;
    const condition = found === null ? 'when-absent' : { whenTag: found.tag };
    if ((await objects.put(headOf(name), Buffer.from(headText(head)), condition)) === null) throw new Outrun();
  });
}

/** Whether a log's text ends with this entry, and a line break. */
const endsWith = (text: string, { sequence, hash }: Head): boolean =>
  sequence === 0 ? text === '' : text.endsWith(`"hash":"${hash}"}\n`);

/** A last line without its line break is one too: a put is whole or not at all. */
function linesOf(text: string): string[] {
  const lines = text.split('\n');
  return lines.at(-1) === '' ? lines.slice(0, -1) : lines;
}

/** `''` when there is no such object. */
async function textOf(objects: Objects, key: string): Promise<string> {
  const found = await objects.get(key);
  return found === null ? '' : Buffer.from(found.bytes).toString('utf8');
}
