import { partitionOf } from './partitions.js';
import { parseLine, readHead } from './prediction-line.js';

/** Folder where a line that a function printed is kept, `null` when it is no record of a request or one of our own. */
export function partitionOfLine(line: string): string | null {
  if (!line.startsWith('{')) return null;
  const head = readHead(line) ?? parseLine(line);
  return head === null || head.own ? null : partitionOf(head.model, head.time);
}
