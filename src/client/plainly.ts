import { printable } from '../contracts/text.js';

/** What the operating system means, for codes that a user can do something about. */
const SYSTEM_ERRORS: Record<string, string> = {
  ENOSPC: 'The disk is full: free some space, or set MLOPS_HOME to another disk, and run again.',
  EROFS: 'The file system is read-only: set MLOPS_HOME to a directory that can be written.',
  EACCES: 'Permission denied: set MLOPS_HOME to a directory that can be written.',
  EMFILE: 'Too many open files: raise the limit with ulimit -n and run again.',
};

/** An error as one sentence on one line, without a stack trace: also what another program says has its say in no line of its own. */
export const plainly = (error: unknown): string => printable(sentenceOf(error));

function sentenceOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { code, path } = error as NodeJS.ErrnoException;
  const known = code === undefined ? undefined : SYSTEM_ERRORS[code];
  if (known !== undefined) return path === undefined ? known : `${known.slice(0, -1)} (${path}).`;
  return error.message;
}
