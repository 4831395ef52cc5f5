import { MODEL_NAME } from '../contracts/definition.js';
import { PipelineFailure } from '../contracts/failures.js';

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
