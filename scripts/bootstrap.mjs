// Runs before the README's commands, with Node alone: installs the packages when they are missing or out of date, and makes the build
// of the local stack then. With --omit=dev only those that the product needs, as tests do not.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const MINIMUM_NODE = [20, 3];

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < MINIMUM_NODE[0] || (major === MINIMUM_NODE[0] && minor < MINIMUM_NODE[1])) {
  console.error(`Node ${process.versions.node} is too old: anemia-mlops needs ${MINIMUM_NODE.join('.')} or newer.`);
  process.exit(1);
}

const production = process.argv.includes('--omit=dev');
// npm writes this file last, as the list of a complete installation.
const installed = `${root}node_modules/.package-lock.json`;
const lock = `${root}package-lock.json`;

if (!isInstalled()) {
  console.error('Installing packages, once, in about a minute ...');
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  const options = ['ci', ...(production ? ['--omit=dev'] : []), '--no-audit', '--no-fund', '--loglevel=error'];
  const { status } = spawnSync(npm, options, { cwd: root, stdio: ['ignore', 2, 2], shell: npm.endsWith('.cmd') });
  if (status !== 0) {
    console.error(
      'The packages could not be installed: see the lines above, check the network, and run the command again.',
    );
    process.exit(1);
  }
  const { builtCommand } = await import('./build.mjs');
  await builtCommand('stack'); // and anew by whoever starts it from newer sources
}

/** Whether every package that is needed is there as the lock file lists it, and none in another version. */
function isInstalled() {
  if (!existsSync(installed)) return false;
  const packages = (path) => Object.entries(JSON.parse(readFileSync(path, 'utf8')).packages ?? {});
  const known = new Map(packages(installed).map(([name, entry]) => [name, versionOf(entry)]));
  return packages(lock).every(([name, entry]) => {
    if (name === '' || entry.optional || entry.devOptional) return true;
    if (entry.dev && production) return !known.has(name) || known.get(name) === versionOf(entry);
    return known.get(name) === versionOf(entry);
  });
}

function versionOf({ version, resolved }) {
  return version ?? resolved ?? '';
}
