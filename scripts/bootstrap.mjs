// Runs before the README's commands, with Node alone: installs the packages when they are missing or out of date.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const MINIMUM_NODE = [20, 3];

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < MINIMUM_NODE[0] || (major === MINIMUM_NODE[0] && minor < MINIMUM_NODE[1])) {
  console.error(`Node ${process.versions.node} is too old: anemia-mlops needs ${MINIMUM_NODE.join('.')} or newer.`);
  process.exit(1);
}

// npm writes this file last, so it is as old as the last complete installation.
const installed = `${root}node_modules/.package-lock.json`;
const lock = `${root}package-lock.json`;
const current = existsSync(installed) && statSync(installed).mtimeMs >= statSync(lock).mtimeMs;

if (!current && !sameLock()) {
  console.error('Installing packages, once, in about a minute ...');
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  const options = ['ci', '--no-audit', '--no-fund', '--loglevel=error'];
  const { status } = spawnSync(npm, options, { cwd: root, stdio: ['ignore', 2, 2], shell: npm.endsWith('.cmd') });
  if (status !== 0) {
    console.error(
      'The packages could not be installed: see the lines above, check the network, and run the command again.',
    );
    process.exit(1);
  }
}

/** A fresh checkout makes the lock file look newer than it is; what counts is that it lists what is installed. */
function sameLock() {
  if (!existsSync(installed)) return false;
  const versions = (path) =>
    Object.entries(JSON.parse(readFileSync(path, 'utf8')).packages ?? {})
      .filter(([name, { optional }]) => name !== '' && !optional)
      .map(([name, { version, resolved }]) => `${name} ${version ?? resolved ?? ''}`)
      .sort()
      .join('\n');
  return versions(installed) === versions(lock);
}
