import { appendFile, mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { exportedText } from '../../../src/cli/commands/models/export.js';
import { exportVersion } from '../../../src/client/models.js';
import type { ModelVersion } from '../../../src/registry/registry.js';
import { bringIntoService, openRegistered, type Registered } from './registered.js';

let opened: Registered;
let second: ModelVersion;

beforeEach(async () => {
  opened = await openRegistered();
  await opened.register(-1);
  second = await opened.register(1, { commit: 'b'.repeat(40) });
  await bringIntoService(opened.registry);
});

describe('exporting a version', () => {
  it('writes the very files and says how Python loads them', async () => {
    const to = join(opened.root, 'out');
    const exported = await exportVersion(opened.registry, opened.store, '2', { to });
    expect(exported).toMatchObject({ name: 'anemia', version: 2, directory: to });
    expect(exportedText(exported)).toContain(`mlflow.pyfunc.load_model("${to}").predict(df)`);
    const names = ['MLmodel', 'input_example.json', 'model.json', 'model.onnx', 'requirements.txt'];
    expect((await readdir(to)).sort()).toEqual(names);
    expect([...exported.files].sort()).toEqual(names);
    expect(await readFile(join(to, 'MLmodel'), 'utf8')).toBe('MLmodel of 1');
    await expect(exportVersion(opened.registry, opened.store, '1', { to })).rejects.toThrow(
      `${to} is not empty: give --to a directory that is new or empty.`,
    );
    expect(await readFile(join(to, 'MLmodel'), 'utf8')).toBe('MLmodel of 1');
  });

  it('takes an empty directory, not a file, and writes nothing of a version that is not whole', async () => {
    const to = join(opened.root, 'empty');
    await mkdir(to);
    await appendFile(await opened.pathOf(second.portable!.MLmodel), 'more');
    await expect(exportVersion(opened.registry, opened.store, '2', { to })).rejects.toThrow('its bytes were changed');
    expect(await readdir(to)).toEqual([]);
    await exportVersion(opened.registry, opened.store, '1', { to });
    const file = join(to, 'MLmodel');
    await expect(exportVersion(opened.registry, opened.store, '1', { to: file })).rejects.toThrow(`${file} is a file`);
  });
});
