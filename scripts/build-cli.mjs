// Makes the command line's build: our modules and the packages that they load in a few files, since finding, transpiling and
// loading them one by one takes longer than most commands. Each state of the sources has a folder of its own under build/.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const HOUR_MS = 3_600_000;

const here = fileURLToPath(new URL('..', import.meta.url));

/** What a build depends on besides the sources: packages, and how it is made. */
const ALSO = ['package-lock.json', 'scripts/build-cli.mjs'];

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

/** CommonJS packages in a file of ES modules find the modules of Node by these. */
const BANNER = `import { createRequire as requireBy } from 'node:module';
const require = requireBy(import.meta.url);
const sourceFolder = new URL('../../src/', import.meta.url);`;

/**
 * The command line's file for the sources as they are, built where it is missing.
 * @param root of the project
 * @returns its path
 */
export async function builtCli(root = here) {
  const folder = join(root, 'build', digestOfSources(root));
  const file = join(folder, 'client.js');
  if (existsSync(file)) return file;
  const made = await bundled(root);
  try {
    renameSync(made, folder);
  } catch (error) {
    rmSync(made, { recursive: true, force: true });
    if (!existsSync(file)) throw error; // else another command was quicker
  }
  removeOthers(folder);
  return file;
}

async function bundled(root) {
  const { build } = await import('esbuild');
  mkdirSync(join(root, 'build'), { recursive: true });
  const made = mkdtempSync(join(root, 'build', 'new-'));
  await build({
    absWorkingDir: root,
    entryPoints: ['src/client.ts'],
    outdir: made,
    ...{
      bundle: true,
      splitting: true,
      format: 'esm',
      platform: 'node',
      target: 'node20.3',
      minifySyntax: true,
      minifyWhitespace: true,
    },
    external: EXTERNAL,
    banner: { js: BANNER },
    sourcemap: 'linked',
    logLevel: 'error',
    plugins: [{ name: 'addresses of sources', setup: ({ onLoad }) => onLoad({ filter: /\.ts$/ }, addressed(root)) }],
  });
  return made;
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
