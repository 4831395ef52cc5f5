import type { PipelineFailure } from '../contracts/failures.js';
import { sha256Of } from '../store/files.js';
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
export function parsed(text: string): Partial<LogEntry> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && !Array.isArray(value) ? value : null;
  } catch {
    return null;
  }
}
