import { execFile } from 'node:child_process';
import { access, chmod, constants, mkdir, readdir, rm } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { environmentFor } from './processes.js';

/** The Temporal CLI that is known to work and can be built with `go install`. */
const TEMPORAL_CLI_VERSION = '1.5.1';

/** A build from source takes some minutes. */
const BUILD_TIMEOUT_MS = 20 * 60_000;

const run = promisify(execFile);

/** Where a server binary is looked for and kept. */
export interface ServerSources {
  /** Its PATH is searched for `temporal` and `go`, and a build inherits what Go needs of it. */
  environment: NodeJS.ProcessEnv;
  /** Where downloaded and built binaries are kept. */
  cache: string;
  /** Hears what takes long. */
  say: (line: string) => void;
}

/**
 * Finds or makes a Temporal server binary: on PATH, in the cache folder, by the SDK's own download, by `go install`.
 * @throws Error that names these ways when none works
 */
export async function findServerBinary({ environment, cache, say }: ServerSources): Promise<string> {
  const path = environment['PATH'] ?? '';
  const cached = join(cache, `temporal-cli-${TEMPORAL_CLI_VERSION}`);
  const found = (await onPath('temporal', path)) ?? (await executableIn(cached));
  if (found !== null) return found;
  await mkdir(cached, { recursive: true });
  say('No Temporal server here yet; asking the SDK to download one.');
  if (await download(cached)) {
    const downloaded = await executableIn(cached);
    if (downloaded !== null) return downloaded;
  }
  const go = await onPath('go', path);
  if (go !== null) {
    say(`Download not possible; building Temporal CLI ${TEMPORAL_CLI_VERSION} with Go, once, in about 4 minutes.`);
    if (await build(go, cached, environment)) return join(cached, 'temporal');
  }
  throw new Error(
    'No Temporal server could be found, downloaded or built: put `temporal` on PATH (https://docs.temporal.io/cli), ' +
      'allow the download from temporal.download, install Go to build it, or set TEMPORAL_ADDRESS to a running server.',
  );
}

/** The first executable of that name in PATH-like directories, or `null`. */
async function onPath(name: string, path: string): Promise<string | null> {
  for (const directory of path.split(delimiter).filter(Boolean)) {
    const file = join(directory, name);
    if (await isExecutable(file)) return file;
  }
  return null;
}

async function isExecutable(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK);
    return true;
  } catch {
    return false; // not there, or not ours to run: look further
  }
}

/** The server in the cache folder, whatever name its source gave it. */
async function executableIn(directory: string): Promise<string | null> {
  const names = await readdir(directory).catch(() => []);
  for (const name of names.filter((known) => known.startsWith('temporal'))) {
    if (await isExecutable(join(directory, name))) return join(directory, name);
  }
  return null;
}

/** The SDK downloads when it starts a server, so one is started for a moment. */
async function download(directory: string): Promise<boolean> {
  try {
    const environment = await TestWorkflowEnvironment.createLocal({
      server: { executable: { type: 'cached-download', downloadDir: directory } },
    });
    await environment.teardown();
    return true;
  } catch {
    return false; // no network or no such platform: the next way is tried, and the last error names them all
  }
}

async function build(go: string, directory: string, environment: NodeJS.ProcessEnv): Promise<boolean> {
  const target = `github.com/temporalio/cli/cmd/temporal@v${TEMPORAL_CLI_VERSION}`;
  try {
    await run(go, ['install', target], {
      env: { ...environmentFor('go-build', environment), GOBIN: directory },
      timeout: BUILD_TIMEOUT_MS,
    });
    await chmod(join(directory, 'temporal'), 0o755);
    return true;
  } catch {
    await rm(join(directory, 'temporal'), { force: true });
    return false; // no network or too old a Go: the error that follows names the remaining ways
  }
}
