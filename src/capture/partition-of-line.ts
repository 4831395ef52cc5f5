import { partitionOf } from './partitions.js';
import { parsePrediction, readHead } from './prediction-line.js';

/** Folder where a line that a function printed is kept, `null` when it is no prediction or one of our own requests. */
export function partitionOfLine(line: string): string | null {
  if (!line.startsWith('{')) return null;
  const head = readHead(line) ?? parsePrediction(line);
  return head === null || head.own ? null : partitionOf(head.model, head.time);
}
