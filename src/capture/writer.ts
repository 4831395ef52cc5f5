import type { Objects } from '../store/objects.js';
import { partitionOf } from './partitions.js';
import { parseLine, readHead } from './prediction-line.js';

/** How long lines wait for others at most, and how many characters are written at once. */
interface Pace {
  milliseconds: number;
  characters: number;
}

/** To files that are added to: little is lost with a stack that is killed. */
const APPENDING: Pace = { milliseconds: 250, characters: 1 << 20 };

/** To a bucket, where each object costs a request. */
const WHOLE: Pace = { milliseconds: 5_000, characters: 4 << 20 };

/** Beyond this, while lines cannot be written, new ones are dropped. */
const MOST_CHARACTERS = 64 << 20;

/** Where captured lines go, and how often. */
export interface CaptureWriterOptions {
  objects: Objects;
  /** A name without its ending that no other writer has used or will use. */
  newPart: () => string;
  /** Hears in one sentence that lines cannot be written, once, and once they can be again. */
  say: (line: string) => void;
  /** By default 250 where objects can be added to, else 5,000. */
  flushMilliseconds?: number;
  /** {@link MOST_CHARACTERS} by default. */
  mostCharacters?: number;
}

/** Gathers lines of requests as `<model>/date=YYYY-MM-DD/hour=HH/<part>.jsonl`, by the lines' own times, UTC. */
export interface CaptureWriter {
  /** Whether the line is of a request and therefore taken; lines of our own requests and of any other kind are not. */
  take(line: string): boolean;
  /** Writes what waits, and settles when that is done or has failed. */
  flush(): Promise<void>;
  /** Writes what waits for the last time, and says how many lines are lost when that fails. */
  close(): Promise<void>;
}

/**
 * Opens a writer; nothing is made before the first line. It adds to one part an hour where objects can be added to, and
 * makes a new one each time elsewhere. Lines that cannot be written stay and are tried again with later ones, in a new
 * part: a torn line ends its file, and readers pass over what they have seen. A failure never reaches the caller.
 */
export function openCaptureWriter(options: CaptureWriterOptions): CaptureWriter {
  const { objects, newPart, say, mostCharacters = MOST_CHARACTERS } = options;
  const pace = objects.append === null ? WHOLE : APPENDING;
  const flushMilliseconds = options.flushMilliseconds ?? pace.milliseconds;
  let waiting = new Map<string, string[]>();
  let characters = 0;
  let part: string | null = null;
  let lost = 0;
  let failing = false;
  let timer: NodeJS.Timeout | null = null;
  let writing: Promise<void> = Promise.resolve();

  const keep = (partition: string, lines: string[]): void => {
    waiting.set(partition, [...lines, ...(waiting.get(partition) ?? [])]);
    characters += lines.reduce((sum, line) => sum + line.length, 0);
  };

  async function store(partition: string, lines: string[]): Promise<void> {
    const bytes = Buffer.from(`${lines.join('\n')}\n`);
    if (objects.append === null) await objects.put(`${partition}/${newPart()}.jsonl`, bytes, 'always');
    else await objects.append(`${partition}/${(part ??= newPart())}.jsonl`, bytes);
  }

  async function write(): Promise<void> {
    const batch = waiting;
    if (batch.size === 0) return;
    waiting = new Map();
    characters = 0;
    const faults: unknown[] = [];
    for (const [partition, lines] of batch)
      try {
        await store(partition, lines);
      } catch (error) {
        part = null;
        keep(partition, lines);
        faults.push(error);
      }
    // By the whole batch: while one folder cannot be written, the others do not say that all is well.
    if (faults.length > 0 && !failing)
      say(
        `Predictions cannot be captured: ${reasonOf(faults[0])} They are served all the same, and kept to be tried again.`,
      );
    if (faults.length === 0 && failing) say(`Predictions are captured again; ${lost} lines were lost.`);
    failing = faults.length > 0;
    if (!failing) lost = 0;
    if (waiting.size > 0) wait();
  }

  const wait = (): void => {
    timer ??= setTimeout(() => void flush(), flushMilliseconds).unref();
  };

  const flush = (): Promise<void> => {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    return (writing = writing.then(write));
  };

  return {
    take(line) {
      const partition = partitionOfLine(line);
      if (partition === null) return false;
      if (characters + line.length > mostCharacters) {
        if (lost++ === 0)
          say('As many predictions wait to be captured as may: further ones are lost until these can be written.');
        return true;
      }
      const lines = waiting.get(partition) ?? [];
      waiting.set(partition, lines);
      lines.push(line);
      characters += line.length;
      if (characters >= pace.characters && !failing) void flush();
      else wait();
      return true;
    },

    flush,

    async close() {
      await flush();
      if (timer !== null) clearTimeout(timer);
      timer = null;
      const waits = [...waiting.values()].reduce((sum, lines) => sum + lines.length, 0);
      if (waits + lost > 0) say(`Predictions were not captured to the end: ${waits + lost} lines are lost.`);
    },
  };
}

/** Folder where a line that a function printed is kept, `null` when it is no record of a request or one of our own. */
function partitionOfLine(line: string): string | null {
  if (!line.startsWith('{')) return null;
  const head = readHead(line) ?? parseLine(line);
  return head === null || head.own ? null : partitionOf(head.model, head.time);
}

/** A sentence. */
function reasonOf(error: unknown): string {
  if ((error as NodeJS.ErrnoException | null)?.code === 'ENOSPC') return 'The disk is full, free some space.';
  const text = error instanceof Error ? error.message : String(error);
  return text.endsWith('.') ? text : `${text}.`;
}
