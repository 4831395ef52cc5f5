import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openSecrets } from '../../../src/compose/composition.js';
import { readConfig } from '../../../src/config/config.js';
import { existingProject, madeProject, openProject } from '../../../src/compose/project.js';
import { checkHome } from '../../../src/store/home.js';
import { temporaryDirectory } from '../../support/temp.js';

const NOT_YET = 'It is not there yet; a worker that runs workflows makes it, and this one for numeric work may not.';

it('of a worker for numeric work is there once another one has made it, with the keys that it needs', async () => {
  const config = readConfig({ MLOPS_HOME: join(await temporaryDirectory(), 'home') });
  await expect(existingProject(config)).rejects.toThrow(NOT_YET);
  await expect(readdir(config.home)).rejects.toMatchObject({ code: 'ENOENT' });

  const started = await openProject(config); // as by a client: the key of the fingerprints is no matter of it
  await expect(existingProject(config)).rejects.toThrow(NOT_YET);
  expect(await openSecrets(config).get('fingerprint-key')).toBeNull();

  expect(await madeProject(config)).toEqual(started);
  expect(await openSecrets(config).get('fingerprint-key')).toHaveLength(32);
  expect(await existingProject(config)).toEqual(started);
  expect(await checkHome(config.home, config.codeVersion)).toBe('numbered');
});
