import { programCommand } from '../contracts/commands.js';
import { MODEL_NAME } from '../contracts/limits.js';
import { PipelineFailure } from '../contracts/failures.js';
import type { Recordable } from './registry.js';

/** The name itself when a model can have it. @throws PipelineFailure `DefinitionInvalid` */
export function checkedName(name: string): string {
  if (!MODEL_NAME.test(name))
    throw new PipelineFailure(
      'DefinitionInvalid',
      'A model name has lower-case letters, digits and hyphens, at most 63.',
    );
  return name;
}

/** Log of who may sign decisions: of no model, since no model can have this name. */
export const APPROVERS_LOG = '_approvers';

/** The name of a log, of a model or of approvers. @param entry what is to be written there, which has to belong there */
export function logName(name: string, entry?: Recordable): string {
  if (entry !== undefined && (entry.event === 'approver') !== (name === APPROVERS_LOG))
    throw new Error('Approvers have a log of their own, and models another one each.');
  return name === APPROVERS_LOG ? name : checkedName(name);
}

/** A version was asked for that nobody registered. */
export const noVersion = (name: string, version: number): PipelineFailure =>
  new PipelineFailure('VersionMissing', `Model ${name} has no version ${version}; see ${programCommand('models')}.`);

/** A version that the log knows is not there. @param restore how it is brought back */
export const versionGone = (name: string, version: number, restore: string): PipelineFailure =>
  new PipelineFailure(
    'RegistryUnusable',
    `Version ${version} of model ${name} was registered and is gone: ${restore}, or, when it is lost for good, run ` +
      `${programCommand('models', 'write-off', String(version), '--model', name, '--because', 'your reason')} (what serves keeps serving).`,
  );

/** A version that somebody said is lost for good. */
export const versionWrittenOff = (name: string, version: number): PipelineFailure =>
  new PipelineFailure(
    'VersionMissing',
    `Version ${version} of model ${name} was written off, as ${programCommand('history', '--model', name)} tells: name another one, or train again.`,
  );

/** A version was to be written off that is there. */
export const notGone = (name: string, version: number): PipelineFailure =>
  new PipelineFailure(
    'RegistryUnusable',
    `Version ${version} of model ${name} is there, and only what is gone can be written off; ${programCommand('rollback', '--model', name)} goes back to an earlier version.`,
  );

/** What is there of a version is not what the log says was registered. @param restore how what was is brought back */
export const otherVersion = (name: string, version: number, what: string, restore: string): PipelineFailure =>
  new PipelineFailure(
    'LogTampered',
    `Version ${version} of model ${name} was tampered with: ${what} is not what the log says was registered; ${restore} (what serves keeps serving).`,
  );

/** Versions are there, and a log that says nothing. */
export const logGone = (name: string, versions: number): PipelineFailure =>
  new PipelineFailure(
    'LogTampered',
    `The log of model ${name} was tampered with: it is empty though ${versions} ${versions === 1 ? 'version is' : 'versions are'} there; restore it from a backup (what serves keeps serving).`,
  );

/**
 * What a record holds. @param what names it in the failure
 * @throws PipelineFailure `ArtifactCorrupt` when its text is not the JSON object that was written
 */
export function recorded(text: string, what: string): object {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null) return value;
  } catch {
    // Not its message: that repeats some of the text.
  }
  throw new PipelineFailure(
    'ArtifactCorrupt',
    `The registry's ${what} was damaged: it is not the JSON that was written; restore it from a backup.`,
  );
}
