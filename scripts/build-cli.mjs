// Makes the command line's build: our modules and the packages that they load in a file for each command, since finding, transpiling
// and loading them one by one takes longer than most commands. Each state of the sources has a folder of its own under build/.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const HOUR_MS = 3_600_000;

const here = fileURLToPath(new URL('..', import.meta.url));

/** What a build depends on besides the sources: packages, and how it is made. */
const ALSO = ['package-lock.json', 'scripts/build-cli.mjs', 'scripts/prune-protos.mjs'];

/** Packages that stay where they are: they load files of their own, or are too large for what they are needed for. */
const EXTERNAL = [
  '@duckdb/*',
  '@opentelemetry/*',
  '@temporalio/interceptors-opentelemetry',
  '@temporalio/testing',
  '@temporalio/worker',
  'danfojs-node',
  'echarts',
  'esbuild',
  'piscina',
];

/** Where the sources lie, from a file of the build. */
const BANNER = "const sourceFolder = require('node:url').pathToFileURL(`${__dirname}/../../src/`);";

/** Commands that have a file of their own. */
const NAME = /^[a-z]+(?:-[a-z]+)*$/;

/**
 * A command's file for the sources as they are, built where it is missing.
 * @param name of the command; of all commands, as help needs them, for any other word
 * @param root of the project
 * @returns its path
 */
export async function builtCommand(name, root = here) {
  const folder = join(root, 'build', digestOfSources(root));
  const command = NAME.test(name) && existsSync(join(root, 'src/cli/commands', `${name}.ts`)) ? name : null;
  const file = join(folder, `${command ?? 'all'}.cjs`);
  if (existsSync(file)) return file;
  if (!existsSync(folder)) {
    mkdirSync(folder, { recursive: true });
    removeOthers(folder);
  }
  const made = mkdtempSync(join(folder, 'new-'));
  await bundle(root, command, join(made, 'command.cjs'));
  renameSync(join(made, 'command.cjs'), file); // whole, also where two commands build it
  rmSync(made, { recursive: true });
  return file;
}

async function bundle(root, command, outfile) {
  const [{ build }, { DESCRIPTION, prunedProtos }] = await Promise.all([
    import('esbuild'),
    import('./prune-protos.mjs'),
  ]);
  await build({
    absWorkingDir: root,
    stdin: {
      contents: command === null ? "import './client.js';" : entryOf(command),
      resolveDir: join(root, 'src'),
      sourcefile: 'command.ts',
      loader: 'ts',
    },
    outfile,
    bundle: true,
    format: 'cjs',
    platform: 'node',
    target: 'node20.3',
    minifySyntax: true,
    minifyWhitespace: true,
    external: EXTERNAL,
    banner: { js: BANNER },
    logLevel: 'error',
    plugins: [
      { name: 'addresses of sources', setup: ({ onLoad }) => onLoad({ filter: /\.ts$/ }, addressed(root)) },
      {
        name: 'protocol',
        setup: ({ onLoad }) =>
          onLoad({ filter: new RegExp(`${DESCRIPTION.replaceAll('.', '\\.')}$`) }, () => ({
            contents: prunedProtos(root),
            loader: 'js',
          })),
      },
    ],
  });
}

/** The table of `src/client.ts` with one line. */
const entryOf = (command) => `import { runCommandLine } from './cli/command-table.js';
void runCommandLine({ '${command}': () => import('./cli/commands/${command}.js') }, process.argv.slice(2));`;

/** A module finds what lies beside it where its source lies. */
const addressed =
  (root) =>
  ({ path }) => {
    const source = relative(join(root, 'src'), path).split(sep).join('/');
    if (source.startsWith('..')) return null;
    const address = `new URL(${JSON.stringify(source)}, sourceFolder).href`;
    return { contents: readFileSync(path, 'utf8').replaceAll('import.meta.url', address), loader: 'ts' };
  };

/** Tells one state of the sources from another by names, sizes and times. */
function digestOfSources(root) {
  const hash = createHash('sha256');
  const add = (path) => {
    const { size, mtimeMs } = statSync(path);
    hash.update(`${path} ${size} ${mtimeMs}\n`);
  };
  for (const entry of readdirSync(join(root, 'src'), { recursive: true, withFileTypes: true }))
    if (entry.isFile()) add(join(entry.path, entry.name));
  for (const path of ALSO) add(join(root, path));
  return hash.digest('hex').slice(0, 16);
}

/** Builds of other states; those that a command may be loading just now are let be. */
function removeOthers(kept) {
  const old = Date.now() - HOUR_MS;
  for (const name of readdirSync(dirname(kept))) {
    const path = join(dirname(kept), name);
    if (path !== kept && statSync(path).mtimeMs < old) rmSync(path, { recursive: true, force: true });
  }
}
