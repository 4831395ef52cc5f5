import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, readFile, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createFileObjects } from '../../../src/store/file-objects.js';
import { temporaryDirectory } from '../../support/temp.js';
import { objectsBehaviour } from './objects-behaviour.js';

objectsBehaviour('objects in files', async () => createFileObjects(await temporaryDirectory()));

const bytes = (text: string) => Buffer.from(text);
const modeOf = async (path: string) => (await stat(path)).mode & 0o777;

async function opened() {
  const root = join(await temporaryDirectory(), 'root');
  return { root, objects: createFileObjects(root) };
}

it('keeps files for their owner alone, whatever wrote them, and nothing beside them', async () => {
  const { root, objects } = await opened();
  const source = join(await temporaryDirectory(), 'source');
  await writeFile(source, 'one', { mode: 0o644 });
  await objects.put('a/put', bytes('1'), 'always');
  await objects.put('a/claim', bytes('1'), 'when-absent');
  await objects.append!('a/lines', bytes('1'));
  await objects.putFile('a/file', source);
  for (const name of ['put', 'claim', 'lines', 'file'])
    expect([name, await modeOf(join(root, 'a', name))]).toEqual([name, 0o600]);
  expect([await modeOf(root), await modeOf(join(root, 'a'))]).toEqual([0o700, 0o700]);
  expect((await readdir(join(root, 'a'))).sort()).toEqual(['claim', 'file', 'lines', 'put']);
});

it('gives the file that an object is', async () => {
  const { root, objects } = await opened();
  await objects.put('a/b.json', bytes('{}'), 'always');
  expect(objects.path('a/b.json')).toBe(join(root, 'a', 'b.json'));
  expect(await readFile(objects.path('a/b.json')!, 'utf8')).toBe('{}');
});

it.each(['', '/etc/passwd', '../a', 'a/../../b', 'a//b', 'a/', '.hidden', 'a/.lock', 'a\\b', 'a\0'])(
  'refuses the key %j, which may lead elsewhere',
  async (key) => {
    const { root, objects } = await opened();
    await expect(objects.get(key)).rejects.toThrow('A key has parts');
    await expect(objects.put(key, bytes('1'), 'always')).rejects.toThrow('A key has parts');
    await expect(readdir(root)).rejects.toThrow('ENOENT');
  },
);

it('lists neither links, nor locks, nor what is half written', async () => {
  const { root, objects } = await opened();
  await objects.put('a/b', bytes('1'), 'always');
  await symlink('/etc', join(root, 'etc'));
  await symlink('/etc/passwd', join(root, 'a', 'passwd'));
  await mkdir(join(root, 'a', '.b.lock'));
  await writeFile(join(root, 'a', `.b.${hostname()}.1.2.partial`), 'half');
  expect(await objects.list('')).toEqual(['a/b']);
  expect(await objects.list('etc/')).toEqual([]);
  expect(await objects.list('a/passwd')).toEqual([]);
});

it('removes what a killed writer of the same object left, and nothing of one that lives', async () => {
  const { root, objects } = await opened();
  const child = spawn(process.execPath, ['--version'], { stdio: 'ignore' });
  await once(child, 'exit');
  await mkdir(root);
  const left = (pid: number) => `.state.json.${hostname()}.${pid}.1.partial`;
  for (const pid of [child.pid!, process.ppid]) await writeFile(join(root, left(pid)), 'half');
  await objects.put('state.json', bytes('new'), 'always');
  expect((await readdir(root)).sort()).toEqual([left(process.ppid), 'state.json']);
});

it('takes over the lock of a writer that was killed', async () => {
  const { root, objects } = await opened();
  await mkdir(join(root, '.state.json.lock'), { recursive: true });
  const longAgo = new Date(Date.now() - 60_000);
  await utimes(join(root, '.state.json.lock'), longAgo, longAgo);
  expect(await objects.put('state.json', bytes('new'), 'always')).not.toBeNull();
  expect(await readdir(root)).toEqual(['state.json']);
});

it('is changed by one process at a time', async () => {
  const { root, objects } = await opened();
  await objects.put('count', bytes('0'), 'always');
  const script = `
    import { createFileObjects } from ${JSON.stringify(new URL('../../../src/store/file-objects.ts', import.meta.url).href)};
    const objects = createFileObjects(process.argv[1]);
    for (let added = 0; added < 25; ) {
      const { bytes, tag } = await objects.get('count');
      const next = Buffer.from(String(Number(Buffer.from(bytes)) + 1));
      if ((await objects.put('count', next, { whenTag: tag })) !== null) added++;
      await objects.append('lines', Buffer.from(process.argv[2].repeat(1000) + '\\n'));
    }`;
  const add = async (letter: string) => {
    const args = ['--import', 'tsx', '--input-type=module', '-e', script, root, letter];
    const child = spawn(process.execPath, args, { stdio: 'inherit' });
    expect(await once(child, 'exit')).toEqual([0, null]);
  };
  await Promise.all(['a', 'b', 'c'].map(add));
  expect(Buffer.from((await objects.get('count'))!.bytes).toString()).toBe('75');
  const lines = Buffer.from((await objects.get('lines'))!.bytes)
    .toString()
    .trim()
    .split('\n');
  expect(lines.length).toBeGreaterThanOrEqual(75);
  for (const line of lines) expect(line).toMatch(/^(a{1000}|b{1000}|c{1000})$/);
});

it('leaves nothing of a file that could not be copied', async () => {
  const { root, objects } = await opened();
  await expect(objects.putFile('a/file', join(root, 'gone'))).rejects.toThrow('ENOENT');
  expect(await readdir(join(root, 'a'))).toEqual([]);
});
