import type { Objects } from '../store/objects.js';
import { partitionOfLine } from './partition-of-line.js';

/** Lines wait so long for others: each object costs a request. */
const FLUSH_MILLISECONDS = 5_000;
/** More characters waiting are written at once. */
const FLUSH_CHARACTERS = 4 << 20;
/** Beyond this, while the bucket is away, new lines are dropped. */
const MOST_CHARACTERS = 64 << 20;

export interface ObjectWriterOptions {
  objects: Objects;
  /** An object name without its ending that no other writer has used or will use. */
  newPart: () => string;
  /** Hears in one sentence that lines cannot be written, once, and once they can be again. */
  say: (line: string) => void;
  flushMilliseconds?: number;
  mostCharacters?: number;
}

/**
 * Gathers lines of requests as objects `<model>/date=YYYY-MM-DD/hour=HH/<part>.jsonl`, by the lines' own times, UTC. Lines
 * whose object cannot be written stay and are tried again with later ones; a failure never reaches the caller.
 */
export function openObjectWriter({
  objects,
  newPart,
  say,
  flushMilliseconds = FLUSH_MILLISECONDS,
  mostCharacters = MOST_CHARACTERS,
}: ObjectWriterOptions) {
  let waiting = new Map<string, string[]>();
  let characters = 0;
  let lost = 0;
  let failing = false;
  let timer: NodeJS.Timeout | null = null;
  let writing: Promise<void> = Promise.resolve();

  const keep = (partition: string, lines: string[]): void => {
    waiting.set(partition, [...lines, ...(waiting.get(partition) ?? [])]);
    characters += lines.reduce((sum, line) => sum + line.length, 0);
  };

  async function write(): Promise<void> {
    const batch = waiting;
    waiting = new Map();
    characters = 0;
    for (const [partition, lines] of batch)
      try {
        await objects.put(`${partition}/${newPart()}.jsonl`, Buffer.from(`${lines.join('\n')}\n`), 'always');
        if (failing) say(`Predictions are captured again; ${lost} lines were lost.`);
        failing = false;
        lost = 0;
      } catch (error) {
        keep(partition, lines);
        if (!failing)
          say(
            `Predictions cannot be captured: ${reasonOf(error)} They are served all the same, and kept to be tried again.`,
          );
        failing = true;
      }
    if (waiting.size > 0) timer ??= setTimeout(() => void flush(), flushMilliseconds).unref();
  }

  const flush = (): Promise<void> => {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    return (writing = writing.then(write));
  };

  return {
    /** Whether the line is of a request and therefore taken; lines of our own requests and of any other kind are not. */
    take(line: string): boolean {
      const partition = partitionOfLine(line);
      if (partition === null) return false;
      if (characters + line.length > mostCharacters) {
        if (lost++ === 0)
          say('As many predictions wait to be captured as may: further ones are lost until the bucket takes these.');
        return true;
      }
      const lines = waiting.get(partition) ?? [];
      waiting.set(partition, lines);
      lines.push(line);
      characters += line.length;
      if (characters >= FLUSH_CHARACTERS && !failing) void flush();
      else timer ??= setTimeout(() => void flush(), flushMilliseconds).unref();
      return true;
    },

    /** Writes what waits, and settles when that is done or has failed. */
    flush,

    /** Writes what waits for the last time, and says how many lines are lost when that fails. */
    async close(): Promise<void> {
      await flush();
      if (timer !== null) clearTimeout(timer);
      timer = null;
      const waits = [...waiting.values()].reduce((sum, lines) => sum + lines.length, 0);
      if (waits + lost > 0) say(`Predictions were not captured to the end: ${waits + lost} lines are lost.`);
    },
  };
}

const reasonOf = (error: unknown) => (error instanceof Error ? error.message : String(error));
