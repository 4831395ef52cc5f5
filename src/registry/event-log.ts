import { open, readFile, truncate } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { isMissing, writeFileAtomic } from '../store/files.js';
import { type Head, seal, START } from './chain.js';
import { checkedLog, HEAD_FILE, headIn, headText, LOG_FILE } from './log-text.js';
import type { Cause, LogEntry, RegistryEvent } from './registry.js';

const logOf = (place: string) => join(place, LOG_FILE);
const headOf = (place: string) => join(place, HEAD_FILE);

/**
 * The log of the model whose directory this is, every entry checked against the chain and the chain against the head
 * file; needs no lock. A torn last line is left out, and one entry more than the head knows is a writer that was
 * killed in between. There is no secret in the hashes: it finds what was edited, cut or lost, not a log and head that
 * were both made anew.
 * @throws PipelineFailure `LogTampered`
 */
export async function readLog(place: string): Promise<LogEntry[]> {
  const before = await textOf(headOf(place));
  const lines = completeLines(await bytesOf(logOf(place)))
    .toString('utf8')
    .split('\n')
    .slice(0, -1);
  return checkedLog(basename(place), { before, lines, after: await textOf(headOf(place)) });
}

/**
 * Appends to the log and then to the head file, both synced; repairs what a killed writer left. The caller holds the
 * model's lock.
 * @throws PipelineFailure `LogTampered`; nothing is written then
 */
export async function appendEvent(place: string, event: RegistryEvent & Cause, at: Date): Promise<void> {
  const last: Head = (await readLog(place)).at(-1) ?? START;
  const known = headIn(basename(place), await textOf(headOf(place)));
  if (known.sequence !== last.sequence) await writeHead(place, last);
  const { line, head } = seal(event, last, at);
  await appendLine(logOf(place), line);
  await writeHead(place, head);
}

const writeHead = (place: string, head: Head): Promise<void> => writeFileAtomic(headOf(place), headText(head));

/** What follows the last newline is the torn end of a writer that was killed. */
const completeLines = (bytes: Buffer): Buffer => bytes.subarray(0, bytes.lastIndexOf('\n') + 1);

const textOf = async (path: string): Promise<string> => (await bytesOf(path)).toString('utf8');

async function bytesOf(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    if (isMissing(error)) return Buffer.alloc(0);
    throw error;
  }
}

async function appendLine(path: string, line: string): Promise<void> {
  const { length } = completeLines(await bytesOf(path));
  const file = await open(path, 'a');
  try {
    if ((await file.stat()).size !== length) await truncate(path, length);
    await file.writeFile(`${line}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
}
