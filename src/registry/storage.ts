import type { StoredVersion } from './history.js';
import type { Cause, LogEntry, RegistryEvent } from './registry.js';

/** What a registry's records are kept in: files, or objects of a bucket. Names of models are checked by the caller. */
export interface RegistryStorage {
  /** Names of models, and what else is there, in any order. */
  models(): Promise<string[]>;
  /**
   * Does a deed on a model's records as if no other writer were there: it keeps others out meanwhile, or does the deed
   * again when another one wrote in between.
   */
  undisturbed<T>(name: string, deed: () => Promise<T>): Promise<T>;
  /** Numbers of the versions, in any order. */
  versions(name: string): Promise<number[]>;
  /** Text of a version's record, `null` when there is none. */
  readVersion(name: string, version: number): Promise<string | null>;
  /** Within a deed: writes a version's record, once and whole. */
  writeVersion(name: string, stored: StoredVersion): Promise<void>;
  /** Oldest first. @throws PipelineFailure `LogTampered` */
  log(name: string): Promise<LogEntry[]>;
  /** Within a deed: appends to the log, which the deed has read as `log`. @throws PipelineFailure `LogTampered` */
  append(name: string, log: LogEntry[], event: RegistryEvent & Cause, at: Date): Promise<void>;
}

/** A version's record as it is written. */
export const recordOf = (stored: StoredVersion): string => `${JSON.stringify(stored, null, 2)}\n`;

/** The number of a version by the name of its record, `null` for any other name. */
export function numberOf(file: string): number | null {
  return /^\d+\.json$/.test(file) ? Number.parseInt(file, 10) : null;
}
