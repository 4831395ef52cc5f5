import { expect } from 'vitest';
import { PipelineFailure } from '../../../src/contracts/failures.js';
import { parseModelDocument } from '../../../src/model/model-document.js';

/** What a test may put anywhere in a document: its type is what is to be checked. */
export type Wrong = Record<string, unknown>;

/** The sentence that a document is refused with, `accepted` when it is not. */
export function refusal(source: unknown): string {
  try {
    parseModelDocument(source instanceof Uint8Array || typeof source === 'string' ? source : JSON.stringify(source));
  } catch (error) {
    expect(error).toBeInstanceOf(PipelineFailure);
    expect((error as PipelineFailure).type).toBe('ModelInvalid');
    return (error as Error).message;
  }
  return 'accepted';
}
