import { asTyped } from '../config/environment.js';
import { programCommand } from '../contracts/commands.js';
import { printable } from '../contracts/text.js';

const ESCAPE = String.fromCharCode(27);

/** Ends of lines, and the colours and weights of our own: none of them hides or moves anything. */
const OURS = new RegExp(`(\\n|${ESCAPE}\\[(?:[0-4]|2[2-4]|[34][0-79]|9[0-7])m)`);

/**
 * A text as it may reach a terminal: besides line ends and colours nothing in it is obeyed. The one place that decides it,
 * and that names commands as people type them here; texts of others within a line are made `printable` before, so that they
 * make no lines of their own.
 */
export const forTerminal = (text: string): string =>
  asTyped(text)
    .split(OURS)
    .map((part, index) => (index % 2 === 0 ? printable(part) : part))
    .join('');

/** A command in a text of the command line, as people type it here. @param args words of its arguments */
export const typedCommand = (verb: string, ...args: string[]): string => asTyped(programCommand(verb, ...args));

/** What the parser of commands says, in a line: it has what a person typed in it. */
export const parserSays = (text: string): string =>
  `${printable(text.trimEnd().replace(/\n(?=\(Did you mean )/, ' '))}\n`;

/** What a command answers. */
export const print = (line: string) => void process.stdout.write(`${forTerminal(line)}\n`);

/** What is told beside the answer. */
export const note = (line: string) => void process.stderr.write(`${forTerminal(line)}\n`);
