import { open, readFile, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { isMissing, writeFileAtomic } from '../store/files.js';
import { type LogOwner, seal, START } from './chain.js';
import { checkedLog, HEAD_FILE, LOG_FILE, type ReadLog } from './log-text.js';
import type { LogEntry, Statement } from './registry.js';

const logOf = (place: string) => join(place, LOG_FILE);
const headOf = (place: string) => join(place, HEAD_FILE);

/**
 * The log of a model in its directory, checked; needs no lock. A torn last line is left out.
 * @throws PipelineFailure `LogTampered`
 */
export const readLog = async (place: string, owner: LogOwner): Promise<LogEntry[]> => (await read(place, owner)).log;

/**
 * Writes the entry as the head, from when it counts, and then appends it to the log; both synced. Puts right what a
 * killed writer left. The caller holds the model's lock.
 * @throws PipelineFailure `LogTampered`; nothing is written then
 */
export async function appendEvent(place: string, owner: LogOwner, statement: Statement, at: Date): Promise<void> {
  const { log, pending } = await read(place, owner);
  const { line } = await seal(owner, statement, log.at(-1) ?? START, at);
  if (pending !== null) await appendLine(logOf(place), pending);
  await writeFileAtomic(headOf(place), `${line}\n`);
  await appendLine(logOf(place), line);
}

async function read(place: string, owner: LogOwner): Promise<ReadLog> {
  const before = await textOf(headOf(place));
  const lines = completeLines(await bytesOf(logOf(place)))
    .toString('utf8')
    .split('\n')
    .slice(0, -1);
  return checkedLog(owner, { before, lines, after: await textOf(headOf(place)) });
}

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
