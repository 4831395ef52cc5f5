import Table from 'cli-table3';
import wrapAnsi from 'wrap-ansi';

/** Lines longer than this are hard to read; a hash behind its label needs 78. */
const MAX_WIDTH = 100;

type Options = NonNullable<ConstructorParameters<typeof Table>[0]>;

/** A table in plain colours, without lines between its rows. */
export const tableOf = (head: string[], options: Pick<Options, 'colAligns' | 'colWidths' | 'wordWrap'> = {}) =>
  new Table({ head, style: { head: [], border: [], compact: true }, ...options });

/** How wide a text may be on this terminal. */
export const textWidth = (most = MAX_WIDTH): number => Math.min(process.stdout.columns || most, most);

/** Wrapped at the terminal's width where there are spaces, later lines below the first letter. */
export const wrapped = (text: string, indent = 0, most = MAX_WIDTH): string =>
  wrapAnsi(text, textWidth(most) - indent).replaceAll('\n', `\n${' '.repeat(indent)}`);
