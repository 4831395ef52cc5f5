import type { StoredVersion } from './history.js';
import type { LogEntry, Statement } from './registry.js';

/** What a registry's records are kept in: files, or objects of a bucket. Names of models are checked by the caller. */
export interface RegistryStorage {
  /** Names of models, and what else is there, in any order. */
  models(): Promise<string[]>;
  /**
   * Does an operation on a model's records as if no other writer were there: it keeps others out meanwhile, or does the operation
   * again when another one wrote in between.
   */
  transaction<T>(name: string, operation: () => Promise<T>): Promise<T>;
  /** Numbers of the records of versions, in any order, whether the log knows them or not. */
  versions(name: string): Promise<number[]>;
  /** Text of a version's record, `null` when there is none. */
  readVersion(name: string, version: number): Promise<string | null>;
  /** Within a transaction: writes a version's record, whole, where there is none. @returns false when there is one */
  writeVersion(name: string, version: number, text: string): Promise<boolean>;
  /** Oldest first. @throws PipelineFailure `LogTampered` */
  log(name: string): Promise<LogEntry[]>;
  /** Within a transaction: appends to the log, which the operation has read as `log`. @throws PipelineFailure `LogTampered` */
  append(name: string, log: LogEntry[], statement: Statement, at: Date): Promise<void>;
}

/** A version's record as it is written: the same for the same draft. */
export const recordOf = (stored: StoredVersion): string => `${JSON.stringify(stored, null, 2)}\n`;

/** The number of a version by the name of its record, `null` for any other name. */
export function numberOf(file: string): number | null {
  return /^[1-9]\d{0,8}\.json$/.test(file) ? Number.parseInt(file, 10) : null;
}
