import { open, readFile, truncate } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { PipelineFailure } from '../contracts/failures.js';
import { isMissing, sha256Of, writeFileAtomic } from '../store/files.js';
import type { Cause, LogEntry, RegistryEvent } from './registry.js';

/** The end of the log as its last writer knew it. */
type Head = Pick<LogEntry, 'sequence' | 'hash'>;

/** What the first entry follows. */
const START: Head = { sequence: 0, hash: '0'.repeat(64) };

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
  // Others may write meanwhile: what they had written before must be there, and no more than they wrote until after.
  const before = await readHead(place);
  const log = chained(place, completeLines(await bytesOf(logOf(place))).toString('utf8'));
  const after = await readHead(place);
  if (log.length < before.sequence)
    throw tampered(place, log.length + 1, `is missing, as the head file knows ${before.sequence} lines`);
  if (log.length > after.sequence + 1)
    throw tampered(place, after.sequence + 2, 'is more than one line beyond what the head file knows');
  for (const { sequence, hash } of [before, after]) {
    const entry = log[sequence - 1];
    if (entry && entry.hash !== hash) throw tampered(place, sequence, 'is not the one whose hash the head file has');
  }
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
  const sequence = last.sequence + 1;
  const text = JSON.stringify({ ...event, sequence, at: at.toISOString(), previousHash: last.hash, hash: undefined });
  await appendLine(logOf(place), sealed(text));
  await writeHead(place, { sequence, hash: sha256Of(text) });
}

/** The JSON text of an entry with its hash as the last member. */
const sealed = (text: string): string => `${text.slice(0, -1)},"hash":"${sha256Of(text)}"}`;

function chained(place: string, text: string): LogEntry[] {
  const log: LogEntry[] = [];
  for (const line of text.split('\n').slice(0, -1)) {
    const number = log.length + 1;
    const entry = parsed(line);
    if (entry === null) throw tampered(place, number, 'is not a JSON object');
    const { hash, ...rest } = entry;
    if (hash === undefined)
      throw tampered(
        place,
        number,
        'has no hash; a registry made by an earlier development version has to be moved away',
      );
    if (entry.sequence !== number) throw tampered(place, number, `says that it is entry ${String(entry.sequence)}`);
    if (entry.previousHash !== (log.at(-1) ?? START).hash)
      throw tampered(place, number, 'does not have the hash of the line before');
    if (sealed(JSON.stringify(rest)) !== line) throw tampered(place, number, 'does not fit its own hash');
    log.push(entry as LogEntry);
  }
  return log;
}

function parsed(text: string): Partial<LogEntry> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && !Array.isArray(value) ? value : null;
  } catch {
    return null;
  }
}

async function readHead(place: string): Promise<Head> {
  const bytes = await bytesOf(headOf(place));
  if (bytes.length === 0) return START;
  const { sequence, hash } = parsed(bytes.toString('utf8')) ?? {};
  if (Number.isSafeInteger(sequence) && sequence! > 0 && typeof hash === 'string') return { sequence: sequence!, hash };
  throw tampered(place, 1, 'cannot be checked, as promotions.head.json is not the head file of a log');
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

const tampered = (place: string, line: number, what: string): PipelineFailure =>
  new PipelineFailure(
    'LogTampered',
    `The log of model ${basename(place)} was tampered with: line ${line} of its promotions.jsonl ${what}; restore ` +
      'promotions.jsonl and promotions.head.json from a backup (what serves keeps serving).',
  );
