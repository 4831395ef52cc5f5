import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkHome, HOME_FORMAT, settleHome } from '../../src/store/home-format.js';
import { temporaryDirectory } from '../support/temp.js';

const VERSION = '9.9.9';

/** A home with this file of its format, `null` for none. */
async function homeWith(format: string | null): Promise<string> {
  const home = await temporaryDirectory();
  if (format !== null) await writeFile(join(home, 'format.json'), format);
  return home;
}

describe('the format of a home', () => {
  it('is numbered when the home is made, and read from then on', async () => {
    const home = join(await temporaryDirectory(), 'home');
    expect(await checkHome(home, VERSION)).toBe('new');
    await settleHome(home, VERSION);
    const text = await readFile(join(home, 'format.json'), 'utf8');
    expect(JSON.parse(text)).toEqual({ format: HOME_FORMAT, version: VERSION });
    await settleHome(home, '10.0.0');
    expect(await checkHome(home, '10.0.0')).toBe('numbered');
    expect(await readFile(join(home, 'format.json'), 'utf8')).toBe(text);
  });

  it.each([
    [
      `{"format":${HOME_FORMAT + 1},"version":"12.0.0"}`,
      'made by version 12.0.0, and version 9.9.9',
      '12.0.0 or a later',
    ],
    ['{"format":0,"version":"1.0.0"}', 'has no readable format.json', 'from a backup'],
    ['no JSON', 'has no readable format.json', 'from a backup'],
    [`{"format":1,"version":"\\u001b[2J"}`, 'has no readable format.json', 'from a backup'],
  ])('that is another one is said to be that: %s', async (format, found, remedy) => {
    const home = await homeWith(format);
    for (const act of [checkHome, settleHome])
      await expect(act(home, VERSION)).rejects.toMatchObject({
        type: 'StorageUnusable',
        message: expect.stringMatching(new RegExp(`${found}.*${remedy}.*mv ${home} ${home}.before`)) as string,
      });
  });

  it.each(['registry', 'temporal.db'])('of before there were numbers is known by its %s', async (name) => {
    const home = await homeWith(null);
    await mkdir(join(home, name));
    await expect(settleHome(home, VERSION)).rejects.toThrow(
      'has no format number, as those made before there were any',
    );
    expect(await readFile(join(home, 'format.json'), 'utf8').catch(() => null)).toBeNull();
  });
});
