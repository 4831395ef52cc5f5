import { readdir, readFile } from 'node:fs/promises';

/** Pages that people read, as paths from the package's directory: the README first. */
export async function pages(): Promise<string[]> {
  const docs = (await readdir('docs')).filter((file) => file.endsWith('.md')).sort();
  return ['README.md', ...docs.map((file) => `docs/${file}`)];
}

/** A fenced block of a page. */
export interface Block {
  language: string;
  /** What stands behind the language, word by word. */
  words: string[];
  /** Without the indentation of its fence. */
  code: string;
}

/**
 * Something of a page that a test runs: a block whose first word is `run`, or `run=<test>` where another test than
 * test/system/docs/examples does it. `exit=<code>` says how it ends, by default with 0. A block `text shows` below it has lines of
 * its output.
 */
export interface Example {
  page: string;
  language: string;
  code: string;
  /** Path of the test that runs it, `null` for test/system/docs/examples. */
  test: string | null;
  exit: number;
  /** Lines that its output has, in any order; `…` stands for anything. */
  shows: string[];
}

const FENCE = /^( *)```(\w*)([^\n]*)\n(.*?)^\1```$/gms;

export const blocksOf = (text: string): Block[] =>
  [...text.matchAll(FENCE)].map(([, indentation = '', language = '', words = '', code = '']) => ({
    language,
    words: words.trim().split(/\s+/),
    code: code.replaceAll(new RegExp(`^${indentation}`, 'gm'), ''),
  }));

/** The text without its fenced blocks. */
export const proseOf = (text: string): string => text.replaceAll(FENCE, '');

export async function examplesOf(page: string): Promise<Example[]> {
  const found: Example[] = [];
  for (const { language, words, code } of blocksOf(await readFile(page, 'utf8'))) {
    const settings = new Map(words.map((word) => [word.split('=')[0]!, word.split('=')[1] ?? null]));
    if (settings.has('run'))
      found.push({
        ...{ page, language, code, shows: [] },
        test: settings.get('run') ?? null,
        exit: Number(settings.get('exit') ?? 0),
      });
    else if (settings.has('shows')) {
      const example = found.at(-1);
      if (example === undefined) throw new Error(`${page} shows what comes of no example.`);
      example.shows.push(...code.trim().split('\n'));
    }
  }
  return found;
}

/** The one example of a page that a test other than test/system/docs/examples runs. @throws Error unless there is exactly one */
export async function exampleOf(page: string): Promise<Example> {
  const [example, ...more] = (await examplesOf(page)).filter(({ test }) => test !== null);
  if (example === undefined || more.length > 0) throw new Error(`${page} has not one example for a test of its own.`);
  return example;
}
