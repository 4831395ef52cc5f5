import { PipelineFailure } from '../contracts/failures.js';
import type { RejectReason } from '../contracts/vocabulary.js';

/** What may be the matter with rows that are rejected for a reason, and the setting that mends it. */
export type Remedies = Partial<Record<RejectReason, string>>;

/** A data problem that trying again cannot mend: `place` is a file name, `sentence` says what, limit and remedy. */
export function dataFault(place: string, sentence: string, options?: { cause?: unknown }): PipelineFailure {
  return new PipelineFailure('DataContract', `${place}: ${sentence}`, options);
}

/** The system's error code (`ENOENT`), or `''` when there is none. */
export function codeOf(error: unknown): string {
  const code = error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
  return code ?? '';
}

/** Lines shown for each reason of rejection. */
export const LINES_SHOWN = 20;

/** Counts rows at fault and remembers the first few lines. */
export class FaultyRows {
  rows = 0;
  readonly lines: number[] = [];

  add(line: number): void {
    this.rows += 1;
    if (this.lines.length < LINES_SHOWN) this.lines.push(line);
  }
}
