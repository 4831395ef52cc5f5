import wrapAnsi from 'wrap-ansi';

/** Lines longer than this are hard to read; a hash behind its label needs 78. */
const MAX_WIDTH = 100;

/** Wrapped at the terminal's width where there are spaces, later lines below the first letter. */
export function wrapped(text: string, indent = 0): string {
  const width = Math.min(process.stdout.columns || MAX_WIDTH, MAX_WIDTH) - indent;
  return wrapAnsi(text, width).replaceAll('\n', `\n${' '.repeat(indent)}`);
}
