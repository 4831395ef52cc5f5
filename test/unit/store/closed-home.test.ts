import { chmod, mkdir, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { closeHome } from '../../../src/store/home.js';
import { temporaryDirectory } from '../../support/temp.js';

const FILES = ['temporal.db', 'temporal.db-wal', 'temporal.db-shm', 'stack.json'];
const FOLDERS = ['store', 'registry', 'capture', 'reports', 'lambda', 'logs', 'keys'];

const modeOf = async (path: string) => (await stat(path)).mode & 0o7777;

/** A home as an earlier version, or another umask, left it. */
async function openHome() {
  const home = await temporaryDirectory();
  for (const name of FOLDERS) {
    await mkdir(join(home, name));
    await writeFile(join(home, name, 'inside'), 'x');
    await chmod(join(home, name), 0o755);
  }
  for (const name of FILES) {
    await writeFile(join(home, name), 'x');
    await chmod(join(home, name), 0o644);
  }
  await chmod(home, 0o755);
  return home;
}

describe('a home that exists', () => {
  it('is closed to other users, its databases, state, logs and keys included', async () => {
    const home = await openHome();
    await closeHome(home);
    for (const name of FOLDERS) expect([name, await modeOf(join(home, name))]).toEqual([name, 0o700]);
    for (const name of FILES) expect([name, await modeOf(join(home, name))]).toEqual([name, 0o600]);
  });

  it('is closed where its folders are links to a larger disk', async () => {
    const [home, disk] = [await temporaryDirectory(), await openHome()];
    await symlink(join(disk, 'store'), join(home, 'store'));
    await closeHome(home);
    expect(await modeOf(join(disk, 'store'))).toBe(0o700);
  });

  it('keeps others from writing into it, and leaves alone what is not ours', async () => {
    const home = await openHome();
    await writeFile(join(home, 'notes.txt'), 'x');
    await chmod(join(home, 'notes.txt'), 0o644);
    await chmod(home, 0o777);
    await closeHome(home);
    expect(await modeOf(home)).toBe(0o755);
    expect(await modeOf(join(home, 'notes.txt'))).toBe(0o644);
  });

  it('is refused when another user owns what is open in it', async () => {
    const home = await openHome();
    const another = process.getuid!() + 1;
    await expect(closeHome(home, another)).rejects.toMatchObject({
      type: 'StorageUnusable',
      message: expect.stringMatching(
        /is another user’s and open to everybody: let its owner run chmod -R go-rwx on it, or set MLOPS_HOME/,
      ) as string,
    });
    await chmod(home, 0o777);
    await expect(closeHome(home, another)).rejects.toThrow('everybody may write into it');
  });

  it('may be one that only a group shares, as volumes of Kubernetes are', async () => {
    const home = await temporaryDirectory();
    await mkdir(join(home, 'store'));
    await chmod(join(home, 'store'), 0o2770);
    await closeHome(home, process.getuid!() + 1);
    expect(await modeOf(join(home, 'store'))).toBe(0o2770);
  });

  it('may be none', async () => {
    await closeHome(join(await temporaryDirectory(), 'none'));
  });
});
