import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../config/config.js';
import { environmentFor } from '../local/processes.js';

/** Git answers in some ten milliseconds; a checkout on a disk that hangs shall not keep a worker from starting. */
const PATIENCE_MS = 5000;

/**
 * Commit of the code that runs: what `MLOPS_COMMIT` says, else what the package's own checkout is at, with `-dirty`
 * when tracked files differ from it. `null` when the package is no checkout, or Git is not there or refuses to tell.
 * Starts a process, so that only those call it who write it down.
 */
export function readCommit({ commit, packageRoot, environment }: Config): string | null {
  if (commit !== null) return commit;
  // As a dependency of another project the package has no repository of its own, and that project's commit is not ours.
  const repository = join(packageRoot, '.git');
  if (!existsSync(repository)) return null;
  const asked = ['describe', '--always', '--abbrev=40', '--exclude=*', '--dirty'];
  try {
    const text = execFileSync('git', [`--git-dir=${repository}`, `--work-tree=${packageRoot}`, ...asked], {
      cwd: packageRoot,
      env: { ...environmentFor('git', environment), GIT_OPTIONAL_LOCKS: '0' },
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      timeout: PATIENCE_MS,
    });
    return text.trim() || null;
  } catch {
    return null; // lineage without a commit is better than no worker
  }
}
