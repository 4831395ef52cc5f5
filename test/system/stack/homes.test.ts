import { cp, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, inject, it } from 'vitest';
import { runCommand, withoutSettings } from '../../support/cli.js';
import { temporaryDirectory } from '../../support/temp.js';

const HOMES = new URL('../../fixtures/homes/', import.meta.url);
const LIMIT_MS = 120_000;
const MODEL = 'anemia-detection';

/** A copy of a home that a release left, and the command line of today in it. */
async function homeOf(release: string) {
  const home = await temporaryDirectory();
  await cp(new URL(release, HOMES), home, { recursive: true });
  const environment = { ...withoutSettings(process.env), MLOPS_HOME: home, NO_COLOR: '1' };
  const run = (...args: string[]) => runCommand(process.execPath, [inject('client'), ...args], environment);
  return { home, run };
}

describe.each(await readdir(HOMES))('the home of release %s', (release) => {
  it('is read: its models, where they came from, and what happened to them', { timeout: LIMIT_MS }, async () => {
    const { run } = await homeOf(release);
    const models = await run('models', '--json');
    expect([models.code, models.stderr]).toEqual([0, '']);
    const versions = JSON.parse(models.stdout) as { model: string; version: number }[];
    expect(versions.map(({ version }) => version).sort()).toEqual([1, 2]);

    const shown = await run('models', 'show', '2', '--json');
    expect([shown.code, shown.stderr]).toEqual([0, '']);
    expect(shown.stdout).toContain(`train-${MODEL}-second`);
    expect(shown.stdout).toContain('compared the leaderboards');

    const history = await run('history', '--json');
    expect([history.code, history.stderr]).toEqual([0, '']);
    const log = (JSON.parse(history.stdout) as Record<string, { event: string; reason: string }[]>)[MODEL]!;
    expect(log.map(({ event }) => event)).toEqual(
      expect.arrayContaining(['registered', 'decision', 'alias', 'traffic']),
    );
    expect(log.at(-1)!.reason).toContain('complaints');
  });

  it('of a later format is said to be that, and not to have been tampered with', { timeout: LIMIT_MS }, async () => {
    const { home, run } = await homeOf(release);
    await writeFile(join(home, 'format.json'), '{"format":99,"version":"99.0.0"}');
    for (const args of [['models'], ['history'], ['start-pipeline']]) {
      const { code, stderr } = await run(...args);
      expect([code, stderr]).toEqual([
        1,
        expect.stringMatching(
          /has format 99, made by version 99\.0\.0, .*: use version 99\.0\.0 or a later one, or move/,
        ),
      ]);
      expect(stderr).not.toContain('tamper');
    }
  });
});
