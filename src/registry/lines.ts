import type { Objects } from '../store/objects.js';
import { ConflictError } from '../store/conflicts.js';

/** Lines of one object; more begin another, so that a write stays small however many there are. */
const LINES = 100;
const DIGITS = 10;

/** Lines that only grow, in objects `<folder>/0000000001.jsonl` and so on. */
export interface Lines {
  /** The latest lines, at most so many, oldest first, and what appending to just them takes. */
  latest(count: number): Promise<{ lines: string[]; end: End }>;
  /** Appends behind the end that was read. @throws ConflictError when another writer was faster */
  append(end: End, line: string): Promise<void>;
}

/** The newest object as it was read; number 0 when there is none. */
export interface End {
  number: number;
  text: string;
  tag: string;
}

export function createLines(objects: Objects, folder: string): Lines {
  const keyOf = (number: number) => `${folder}/${String(number).padStart(DIGITS, '0')}.jsonl`;

  const read = async (number: number): Promise<End> => {
    const found = await objects.get(keyOf(number));
    // One that went is as one without lines: it cannot be put over.
    return { number, text: found === null ? '' : Buffer.from(found.bytes).toString('utf8'), tag: found?.tag ?? '' };
  };

  return {
    async latest(count) {
      const known = (await objects.list(`${folder}/`)).flatMap((key) => /\/(\d{10})\.jsonl$/.exec(key)?.[1] ?? []);
      const numbers = known.map(Number).sort((a, b) => b - a);
      const end = numbers[0] === undefined ? { number: 0, text: '', tag: '' } : await read(numbers[0]);
      let lines = linesOf(end.text);
      for (const number of numbers.slice(1)) {
        if (lines.length >= count) break;
        lines = [...linesOf((await read(number)).text), ...lines];
      }
      return { lines: lines.slice(-count), end };
    },

    async append({ number, text, tag }, line) {
      const full = number === 0 || linesOf(text).length >= LINES;
      const written = full
        ? await objects.put(keyOf(number + 1), Buffer.from(`${line}\n`), 'when-absent')
        : await objects.put(keyOf(number), Buffer.from(`${ended(text)}${line}\n`), { whenTag: tag });
      if (written === null) throw new ConflictError();
    },
  };
}

/** On a line of its own, whatever is before it. */
const ended = (text: string): string => (text.endsWith('\n') ? text : `${text}\n`);

const linesOf = (text: string): string[] => text.split('\n').filter(Boolean);
