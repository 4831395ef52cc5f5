import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { checkDiskSpace } from '../../../src/local/stack.js';
import { openHome } from '../../support/cli.js';
import { temporaryDirectory } from '../../support/temp.js';
import { LIMIT_MS } from '../../support/until.js';

const canMount = process.platform === 'linux' && process.getuid?.() === 0 && mounts();

/** Whether this process may mount a file system, which containers often forbid even to root. */
function mounts(): boolean {
  try {
    execFileSync('unshare', ['--mount', 'mount', '-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', '/mnt'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

describe('a disk with too little room', () => {
  it('is refused with what is left, what is needed and the remedy', async () => {
    const directory = await temporaryDirectory();
    await expect(checkDiskSpace(directory, Number.MAX_SAFE_INTEGER)).rejects.toThrow(
      /MiB of disk left and the local stack needs .* free some space, or set MLOPS_HOME/,
    );
    await expect(checkDiskSpace(directory, 0)).resolves.toBeUndefined();
  });

  it.runIf(canMount)('is refused before anything is started', { timeout: LIMIT_MS }, async ({ onTestFinished }) => {
    const home = await openHome((close) =>
      onTestFinished(async () => {
        execFileSync('umount', [home.home]);
        await close();
      }),
    );
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=8m', 'tmpfs', home.home]);
    const { code, stderr } = await home.run(['start-pipeline']);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^[^\n]* has \d+ MiB of disk left and the local stack needs 200[^\n]*\n$/);
    expect(await home.stack()).toBeNull();
  });
});
