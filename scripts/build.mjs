// Makes the build: our modules and the packages that they load in one file for each command and for each process of the local
// stack, since finding, transpiling and loading them one by one takes longer than most commands, and more memory. Each state of
// the sources has a folder of its own under build/, which stays as long as a process that serves runs from it.
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const HOUR_MS = 3_600_000;

const here = fileURLToPath(new URL('..', import.meta.url));

/** What a build depends on besides the sources: packages, and how it is made. */
const ALSO = ['package-lock.json', 'scripts/build.mjs', 'scripts/prune-protos.mjs'];

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

/** Of programs that serve: activities, workers and clients know each other by what these packages keep, so there is one of each. */
const SHARED = '@temporalio/*';

/** Where the build is, and the sources, from a file of the build. */
const BANNER = `const buildFolder = __dirname;
const sourceFolder = require('node:url').pathToFileURL(\`\${__dirname}/../../src/\`);`;

/** Commands that serve until they are ended: the stack and its processes. */
export const SERVERS = ['stack', 'worker', 'codec-server', 'lambda-endpoint'];

/** What a worker needs besides: its threads, and what bundles its workflows. */
const OF_WORKER = ['thread', 'workflows'];

/** End of the name of a mark that a process is of a build; its beginning is the process's id. */
const IN_USE = '.pid';

/** Commands that have a file of their own. */
const NAME = /^[a-z]+(?:-[a-z]+)*$/;

/**
 * A command's file for the sources as they are, built where it is missing; those that serve are built together.
 * @param name of the command; of all commands, as help needs them, for any other word
 * @param root of the project
 * @returns its path
 */
export async function builtCommand(name, root = here) {
  const folder = join(root, 'build', digestOfSources(root));
  const command = NAME.test(name) && existsSync(join(root, 'src/cli/commands', `${name}.ts`)) ? name : 'all';
  const file = join(folder, `${command}.cjs`);
  if (existsSync(file)) return file;
  if (!existsSync(folder)) {
    mkdirSync(folder, { recursive: true });
    removeOthers(folder);
  }
  const made = mkdtempSync(join(folder, 'new-'));
  const names = SERVERS.includes(command) ? [...OF_WORKER, ...SERVERS] : [command];
  await bundleAll(root, names, made);
  for (const name of names) renameSync(join(made, `${name}.cjs`), join(folder, `${name}.cjs`)); // whole, also where two build it
  rmSync(made, { recursive: true });
  return file;
}

/** How many ask the bundler, which is a process of its own and large, for something. */
let askers = 0;

async function bundleAll(root, names, folder) {
  const { stop } = await import('esbuild');
  askers++;
  try {
    await Promise.all(names.map((name) => bundle(root, name, join(folder, `${name}.cjs`))));
  } finally {
    if (--askers === 0) await stop(); // it would stay as long as a program that serves
  }
}

async function bundle(root, name, outfile) {
  const [{ build }, { DESCRIPTION, prunedProtos }] = await Promise.all([
    import('esbuild'),
    import('./prune-protos.mjs'),
  ]);
  await build({
    absWorkingDir: root,
    stdin: {
      contents: entryOf(name),
      resolveDir: join(root, 'src'),
      sourcefile: 'program.ts',
      loader: 'ts',
    },
    outfile,
    bundle: true,
    format: 'cjs',
    platform: 'node',
    target: 'node20.3',
    minifySyntax: true,
    minifyWhitespace: true,
    external: [...OF_WORKER, ...SERVERS].includes(name) ? [...EXTERNAL, SHARED] : EXTERNAL,
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

/** All commands, what a worker needs besides, or the table of `src/client.ts` with one line. */
function entryOf(name) {
  if (name === 'all') return "import './client.js';";
  if (name === 'thread') return "export { default } from './compose/thread.js';";
  if (name === 'workflows')
    return "import { writeWorkflowBundle } from './worker/workflow-code.js'; void writeWorkflowBundle(process.argv[2] === 'encrypting');";
  return `import { runCommandLine } from './cli/command-table.js';
void runCommandLine({ '${name}': () => import('./cli/commands/${name}.js') }, process.argv.slice(2));`;
}

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
  const sources = readdirSync(join(root, 'src'), { recursive: true }).map((name) => join('src', name));
  for (const path of [...sources, ...ALSO].map((name) => join(root, name))) {
    const found = statSync(path);
    if (found.isFile()) hash.update(`${path} ${found.size} ${found.mtimeMs}\n`);
  }
  return hash.digest('hex').slice(0, 16);
}

/**
 * Keeps the build that a file is of while this process runs: it may need more of it later, like the file of threads.
 * @param file of a build
 */
export function keepBuild(file) {
  const mark = join(dirname(file), `${process.pid}${IN_USE}`);
  try {
    writeFileSync(mark, '');
  } catch {
    return; // the folder is read-only, so nobody removes it
  }
  process.once('exit', () => rmSync(mark, { force: true }));
}

/** Builds of other states; those that a command may be loading just now are let be, and those that a program runs from. */
function removeOthers(kept) {
  const old = Date.now() - HOUR_MS;
  for (const name of readdirSync(dirname(kept))) {
    const path = join(dirname(kept), name);
    if (path !== kept && statSync(path).mtimeMs < old && !isInUse(path)) rmSync(path, { recursive: true, force: true });
  }
}

const isInUse = (folder) =>
  readdirSync(folder).some((name) => name.endsWith(IN_USE) && isAlive(Number.parseInt(name, 10)));

function isAlive(pid) {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error.code === 'EPERM'; // somebody else's
  }
}
