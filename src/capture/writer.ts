import { appendFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { OWNER_ONLY } from '../store/owner-only.js';
import { partitionOfLine } from './partition-of-line.js';

/** Lines wait so long for others at most: what a stack that is killed loses. */
const FLUSH_MILLISECONDS = 250;
/** More characters waiting are written at once. */
const FLUSH_CHARACTERS = 1 << 20;

export interface CaptureWriterOptions {
  /** See `captureDirectory`. */
  directory: string;
  /** A file name without its ending that no other writer has used or will use. */
  newPart: () => string;
  /** Hears in one sentence that lines cannot be written, once, and once they can be again. */
  say: (line: string) => void;
}

/** Gathers lines of requests as files `<model>/date=YYYY-MM-DD/hour=HH/<part>.jsonl`, by the lines' own times, UTC. */
export interface CaptureWriter {
  /** Whether the line is of a request and therefore taken; lines of our own requests and of any other kind are not. */
  take(line: string): boolean;
  /** Writes what waits. */
  flush(): void;
  /** Writes what waits; a line that comes later is written at once. */
  close(): void;
}

/**
 * Opens a writer; nothing is made before the first line. Only whole lines are appended, and after a write that failed
 * the part is not used again: a torn line ends its file. A failure loses the waiting lines and never reaches the caller.
 */
export function openCaptureWriter({ directory, newPart, say }: CaptureWriterOptions): CaptureWriter {
  const waiting = new Map<string, string[]>();
  let characters = 0;
  let part: string | null = null;
  let lost = 0;
  let timer: NodeJS.Timeout | null = null;
  let closed = false;

  const append = (partition: string, lines: string[]): void => {
    const folder = join(directory, partition);
    try {
      mkdirSync(folder, { recursive: true, mode: OWNER_ONLY.directory });
      part ??= newPart();
      appendFileSync(join(folder, `${part}.jsonl`), `${lines.join('\n')}\n`, { mode: OWNER_ONLY.file });
      if (lost > 0) say(`Predictions are captured again; ${lost} lines were lost.`);
      lost = 0;
    } catch (error) {
      if (lost === 0)
        say(`Predictions cannot be captured below ${directory}: ${reasonOf(error)}; they are served all the same.`);
      lost += lines.length;
      part = null;
    }
  };

  const flush = (): void => {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    for (const [partition, lines] of waiting) append(partition, lines);
    waiting.clear();
    characters = 0;
  };

  return {
    take(line) {
      const found = partitionOfLine(line);
      if (found === null) return false;
      const lines = waiting.get(found) ?? [];
      waiting.set(found, lines);
      lines.push(line);
      characters += line.length;
      if (closed || characters >= FLUSH_CHARACTERS) flush();
      else timer ??= setTimeout(flush, FLUSH_MILLISECONDS).unref();
      return true;
    },
    flush,
    close() {
      closed = true;
      flush();
    },
  };
}

/** The system's code where there is one: its message would name the file a second time. */
function reasonOf(error: unknown): string {
  const code = error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
  if (code === 'ENOSPC') return 'the disk is full, free some space';
  return code ?? String(error);
}
