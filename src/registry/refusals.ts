import { MODEL_NAME } from '../contracts/definition.js';
import { PipelineFailure } from '../contracts/failures.js';
import type { Place } from './monitoring-log.js';

/** The name itself when a model can have it. @throws PipelineFailure `DefinitionInvalid` */
export function checkedName(name: string): string {
  if (!MODEL_NAME.test(name))
    throw new PipelineFailure(
      'DefinitionInvalid',
      'A model name has lower-case letters, digits and hyphens, at most 63.',
    );
  return name;
}

/** A version was asked for that nobody registered. */
export const noVersion = (name: string, version: number, cause?: unknown): Error =>
  new Error(`Model ${name} has no version ${version}; see npm run models.`, { cause });

/** Folder of what monitoring writes down of a place. @throws Error for a name that could be another folder */
export function monitoringFolder({ model, functionName, alias }: Place): string {
  if (![model, functionName, alias].every((part) => /^[A-Za-z0-9_-]{1,128}$/.test(part)))
    throw new Error('Names of models, functions and aliases have letters, digits, hyphens and underscores.');
  return `${model}/monitoring/${functionName}.${alias}`;
}

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
