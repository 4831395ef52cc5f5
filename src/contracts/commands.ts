/** What the package installs as a program. */
const PROGRAM = 'anemia-mlops';

/**
 * A command as texts of the library name it, in backquotes that show where it ends: `anemia-mlops models show 3`, the program
 * that every project with this package has. The command line of the project itself shows it as {@link npmScript}s.
 * @param args words of its arguments, quoted where a shell would read something else
 */
export const programCommand = (verb: string, ...args: string[]): string =>
  `\`${[PROGRAM, verb, ...args.map(quoted)].join(' ')}\``;

/** A command as people of this project type it: `npm run models -- show 3`. For what only they read: the Web UI, alerts. */
export const npmScript = (verb: string, ...args: string[]): string =>
  ['npm run', verb, ...(args.length === 0 ? [] : ['--', ...args.map(quoted)])].join(' ');

const NAMED = new RegExp(`\`${PROGRAM} ([a-z-]+)(?: ([^\`]+))?\``, 'g');

/** A text with every {@link programCommand} in it as an {@link npmScript}. */
export const withNpmScripts = (text: string): string =>
  text.replace(NAMED, (_, verb: string, args: string | undefined) =>
    args === undefined ? `npm run ${verb}` : `npm run ${verb} -- ${args}`,
  );

/** A word of a command line of a POSIX shell; with no backquote in it, which ends a {@link programCommand}. */
function quoted(word: string): string {
  if (/^[\w@%+=:,./-]+$/.test(word)) return word;
  if (/^[^"$\\!`\p{Cc}]+$/u.test(word)) return `"${word}"`;
  return `'${word.replaceAll("'", `'\\''`).replaceAll('`', () => `'$'\\140''`)}'`;
}
