import { PipelineFailure } from '../contracts/failures.js';

/** A data problem that trying again cannot mend: `place` is a file name, `sentence` says what, limit and remedy. */
export function broken(place: string, sentence: string, options?: { cause?: unknown }): PipelineFailure {
  return new PipelineFailure('DataContract', `${place}: ${sentence}`, options);
}

/** The system's error code (`ENOENT`), or `''` when there is none. */
export function codeOf(error: unknown): string {
  const code = error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
  return code ?? '';
}
