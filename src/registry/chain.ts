import type { PipelineFailure } from '../contracts/failures.js';
import { sha256Of } from '../store/files.js';
import type { Cause, LogEntry, RegistryEvent } from './registry.js';

/** The end of a log as its last writer knew it. */
export type Head = Pick<LogEntry, 'sequence' | 'hash'>;

/** What the first entry follows. */
export const START: Head = { sequence: 0, hash: '0'.repeat(64) };

/** Makes the failure of a log whose entry of this number, 1 for the first, is not what it was. */
export type Tampered = (entry: number, what: string) => PipelineFailure;

/** The event as the line of a log that follows `last`, and what the head of the log is with it. */
export function seal(event: RegistryEvent & Cause, last: Head, at: Date): { line: string; head: Head } {
  const sequence = last.sequence + 1;
  const text = JSON.stringify({ ...event, sequence, at: at.toISOString(), previousHash: last.hash, hash: undefined });
  return { line: sealed(text), head: { sequence, hash: sha256Of(text) } };
}

/** The JSON text of an entry with its hash as the last member. */
const sealed = (text: string): string => `${text.slice(0, -1)},"hash":"${sha256Of(text)}"}`;

/** The entries of lines, every one checked against the one before. @throws what `tampered` makes */
export function chained(lines: string[], tampered: Tampered): LogEntry[] {
  const log: LogEntry[] = [];
  for (const line of lines) {
    const number = log.length + 1;
    const entry = parsed(line);
    if (entry === null) throw tampered(number, 'is not a JSON object');
    const { hash, ...rest } = entry;
    if (hash === undefined)
      throw tampered(number, 'has no hash; a registry made by an earlier development version has to be moved away');
    if (entry.sequence !== number) throw tampered(number, `says that it is entry ${String(entry.sequence)}`);
    if (entry.previousHash !== (log.at(-1) ?? START).hash)
      throw tampered(number, 'does not have the hash of the one before');
    if (sealed(JSON.stringify(rest)) !== line) throw tampered(number, 'does not fit its own hash');
    log.push(entry as LogEntry);
  }
  return log;
}

/**
 * Checks the chain against its head as it was before and after the log was read, since others may write meanwhile: what
 * they had written before must be there, and no more than they wrote until after. One entry more than the head knows is
 * a writer that was killed in between. @throws what `tampered` makes
 */
export function requireHeads(log: LogEntry[], before: Head, after: Head, tampered: Tampered): void {
  if (log.length < before.sequence)
    throw tampered(log.length + 1, `is missing, as the head knows ${before.sequence} entries`);
  if (log.length > after.sequence + 1)
    throw tampered(after.sequence + 2, 'is more than one entry beyond what the head knows');
  for (const { sequence, hash } of [before, after]) {
    const entry = log[sequence - 1];
    if (entry && entry.hash !== hash) throw tampered(sequence, 'is not the one whose hash the head has');
  }
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
