import { Command } from 'commander';
import { forTerminal, parserSays } from './output.js';

/** A command, and for a group its own commands: the first of them is meant where none is named. */
export interface CommandModule {
  command: Command;
  commands?: CommandTable;
}

/** Commands by their names, in the order of the help: a module is loaded when its command is called, or help is asked for. */
export type CommandTable = Record<string, () => Promise<CommandModule>>;

/** A command whose messages have what a person typed in them in one line. */
export const newCommand = (name: string): Command =>
  new Command(name).configureOutput({
    writeOut: (text) => process.stdout.write(forTerminal(text)),
    writeErr: (text) => process.stderr.write(forTerminal(text)),
    outputError: (text, write) => write(parserSays(text)),
  });

/** Runs the command that is named, of those in a table. @param args words of the command line after the program's */
export async function runCommandLine(table: CommandTable, args: string[]): Promise<void> {
  const program = newCommand('anemia-mlops').description(
    'From a table to a served model: ingest, train, validate, register, deploy, as durable workflows.',
  );
  await addCommands(program, table, args, null);
  // A reader that has seen enough, like head, closes the pipe: that is no failure of ours.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));
  await program.parseAsync(args, { from: 'user' });
}

/** Adds the command that is named, else the one that is meant, and all where the parser has to know them: for help, and near names. */
async function addCommands(parent: Command, table: CommandTable, args: string[], standard: string | null) {
  const [name = ''] = args;
  const asksForHelp = name === 'help' || args.includes('--help') || args.includes('-h');
  const one = Object.hasOwn(table, name) ? name : asksForHelp ? null : standard;
  for (const key of one === null ? Object.keys(table) : [one]) {
    const { command, commands } = await table[key]!();
    const rest = asksForHelp ? ['help'] : args.slice(1);
    if (commands !== undefined) await addCommands(command, commands, rest, Object.keys(commands)[0]!);
    parent.addCommand(command, { isDefault: key === standard });
  }
}

/** Of commands that take a definition. */
export const DEFINITION = 'pipelines/anemia.json';

export const SET = [
  '--set <key=value>',
  'override one key of the definition, repeatable',
  (value: string, all: string[]): string[] => [...all, value],
  [] as string[],
] as const;

/** Of commands that say who gives them. */
export const BY =
  'who you are, by default as that can be proved; without a key of this name on this machine, only claimed';

/** Of commands that take a registered version. */
export const VERSION = 'version number, alias like champion, or the first 6 or more digits of the hash in an answer';

export const MODEL = ['--model <name>', 'which model, where several have such a version'] as const;

/** Of commands that start the local stack. */
export const portsOption = () =>
  new Command()
    .createOption('--ports <how>', 'auto: a free port for each part of the local stack whose usual one is taken')
    .choices(['auto']);

/** What stays elsewhere for a while of what was removed from a bucket. */
export const LEFT_ON_AWS =
  "Earlier versions of the objects, and what Firehose could not deliver, go by the bucket's own rules, and the function's log lines after its days of retention; see docs/privacy.md.";

const MINUTES: Record<string, number> = { m: 1, h: 60, d: 24 * 60 };

/** Minutes in a text like `90m`, `24h` or `7d`. @throws Error naming the option */
export function readDuration(option: string, text: string): number {
  const [, amount, unit] = /^(\d+)([mhd])$/.exec(text.trim()) ?? [];
  const minutes = Number(amount) * (MINUTES[unit ?? ''] ?? NaN);
  if (!(minutes > 0)) throw new Error(`${option} is not a duration: give one like 90m, 24h or 7d.`);
  return minutes;
}

/** A point in time that is not in the future. @throws Error naming the option */
export function readPastTime(option: string, text: string): Date {
  const time = readTime(option, text);
  if (time.getTime() > Date.now())
    throw new Error(`${option} is in the future: only what was predicted can be checked.`);
  return time;
}

/** A point in time, in UTC where the text names no zone, as all times that are shown. @throws Error naming the option */
export function readTime(option: string, text: string): Date {
  const zoned = /(Z|[+-]\d\d:?\d\d)$/i.test(text) || !text.includes(':');
  const time = new Date(zoned ? text : `${text}Z`);
  if (Number.isNaN(time.getTime())) throw new Error(`${option} is not a time: give one like 2026-11-24T09:30Z.`);
  return time;
}
