import { open, readFile, truncate } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { PipelineFailure } from '../contracts/failures.js';
import { isMissing, writeFileAtomic } from '../store/files.js';
import { chained, type Head, parsed, requireHeads, seal, START, type Tampered } from './chain.js';
import type { Cause, LogEntry, RegistryEvent } from './registry.js';

const logOf = (place: string) => join(place, 'promotions.jsonl');
const headOf = (place: string) => join(place, 'promotions.head.json');

/**
 * The log of the model whose directory this is, every entry checked against the chain and the chain against the head
 * file; needs no lock. A torn last line is left out, and one entry more than the head knows is a writer that was
 * killed in between. There is no secret in the hashes: it finds what was edited, cut or lost, not a log and head that
 * were both made anew.
 * @throws PipelineFailure `LogTampered`
 */
export async function readLog(place: string): Promise<LogEntry[]> {
  const before = await readHead(place);
  const lines = completeLines(await bytesOf(logOf(place)))
    .toString('utf8')
    .split('\n')
    .slice(0, -1);
  const log = chained(lines, tamperedAt(place));
  requireHeads(log, before, await readHead(place), tamperedAt(place));
  return log;
}

/**
 * Appends to the log and then to the head file, both synced; repairs what a killed writer left. The caller holds the
 * model's lock.
 * @throws PipelineFailure `LogTampered`; nothing is written then
 */
export async function appendEvent(place: string, event: RegistryEvent & Cause, at: Date): Promise<void> {
  const last: Head = (await readLog(place)).at(-1) ?? START;
  if ((await readHead(place)).sequence !== last.sequence) await writeHead(place, last);
  const { line, head } = seal(event, last, at);
  await appendLine(logOf(place), line);
  await writeHead(place, head);
}

async function readHead(place: string): Promise<Head> {
  const bytes = await bytesOf(headOf(place));
  if (bytes.length === 0) return START;
  const { sequence, hash } = parsed(bytes.toString('utf8')) ?? {};
  if (Number.isSafeInteger(sequence) && sequence! > 0 && typeof hash === 'string') return { sequence: sequence!, hash };
  throw tamperedAt(place)(1, 'cannot be checked, as promotions.head.json is not the head file of a log');
}

const writeHead = (place: string, { sequence, hash }: Head): Promise<void> =>
  writeFileAtomic(headOf(place), `${JSON.stringify({ sequence, hash })}\n`);

/** What follows the last newline is the torn end of a writer that was killed. */
const completeLines = (bytes: Buffer): Buffer => bytes.subarray(0, bytes.lastIndexOf('\n') + 1);

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

const tamperedAt =
  (place: string): Tampered =>
  (line, what) =>
    new PipelineFailure(
      'LogTampered',
      `The log of model ${basename(place)} was tampered with: line ${line} of its promotions.jsonl ${what}; restore ` +
        'promotions.jsonl and promotions.head.json from a backup (what serves keeps serving).',
    );
