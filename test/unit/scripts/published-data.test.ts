import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { DEFAULT_DOWNLOAD_LIMITS } from '../../../src/data/download-limits.js';
import { fetchData } from '../../../scripts/published-data.js';
import { temporaryFolder } from '../data/fixtures.js';
import { serve } from '../../support/serve.js';

const BODY = Buffer.from('A,B,T\n1,2,no\n');
const SHA256 = createHash('sha256').update(BODY).digest('hex');

/** Serves the file, the file behind a redirect, archives, and all that goes wrong. */
const origin = () =>
  serve((request, response) => {
    switch (new URL(request.url ?? '/', 'http://x').pathname) {
      case '/table.csv':
        return response.end(BODY);
      case '/moved':
        return response.writeHead(301, { location: '/table.csv' }).end();
      case '/one.zip':
        return response.end(zipSync({ 'folder/inner.csv': BODY, 'about.txt': BODY }));
      case '/evil.zip':
        return response.end(zipSync({ '../../evil.csv': BODY }));
      case '/two.zip':
        return response.end(zipSync({ 'a.csv': BODY, 'b.csv': BODY }));
      case '/damaged.zip':
        return response.end(zipSync({ 'a.csv': BODY }).subarray(0, 40));
      case '/empty.csv':
        return response.end();
      case '/cut.csv':
        response.writeHead(200, { 'content-length': '1000' }).write(BODY);
        setTimeout(() => response.destroy(), 50);
        return response;
      default:
        return response.writeHead(404).end();
    }
  });

/** Servers of tests are on this machine. */
const LOCAL = { ...DEFAULT_DOWNLOAD_LIMITS, hosts: ['127.0.0.1'] };

describe('fetchData', () => {
  it.each([
    ['/table.csv?token=secret', 'table.csv', '/table.csv'],
    ['/moved', 'moved', '/moved'],
    ['/one.zip', 'inner.csv', '/one.zip'],
  ])('brings %s as %s', async (path, name, shown) => {
    const directory = join(await temporaryFolder(), 'data');
    const address = await origin();
    const fetched = await fetchData({
      limits: LOCAL,
      from: 'github',
      url: address + path,
      sha256: SHA256.toUpperCase(),
      directory,
    });
    expect(fetched).toEqual({ path: join(directory, name), sha256: SHA256, checked: true, from: address + shown });
    expect(await readFile(fetched.path)).toEqual(BODY);
    expect(await readdir(directory)).toEqual([name]);
  });

  it('says what it got when there is nothing to compare with', async () => {
    const url = `${await origin()}/table.csv`;
    const fetched = await fetchData({ limits: LOCAL, from: 'github', url, directory: await temporaryFolder() });
    expect(fetched).toMatchObject({ sha256: SHA256, checked: false });
  });

  it.each([
    ['/table.csv', 'f'.repeat(64), `has SHA-256 ${SHA256} instead of ${'f'.repeat(64)}`],
    ['/table.csv', 'abc', '--sha256: is not a SHA-256'],
    ['/nowhere.csv', SHA256, 'status 404'],
    ['/cut.csv', SHA256, 'the connection was cut'],
    ['/empty.csv', undefined, 'is empty (0 bytes)'],
    ['/two.zip', SHA256, 'is an archive with 2 CSV files instead of one'],
    ['/evil.zip', SHA256, 'is a zip archive that has paths that do not all stay inside it'],
    ['/damaged.zip', SHA256, 'is a zip archive that is damaged'],
  ])('leaves the folder as it was when %s (expected %s) goes wrong', async (path, sha256, message) => {
    const directory = await temporaryFolder();
    await writeFile(join(directory, 'table.csv'), 'what was there');
    const run = fetchData({ limits: LOCAL, from: 'github', url: (await origin()) + path, sha256, directory });
    await expect(run).rejects.toThrow(message);
    expect(await readdir(directory)).toEqual(['table.csv']);
    expect(await readFile(join(directory, 'table.csv'), 'utf8')).toBe('what was there');
  });

  it.each(['ftp://host/x.csv', 'nonsense'])('refuses the address %s', async (url) => {
    const run = fetchData({ limits: LOCAL, from: 'github', url, directory: await temporaryFolder() });
    await expect(run).rejects.toThrow('--url: is not an http: or https: address');
  });
});

describe('npm run fetch-data', () => {
  const root = join(import.meta.dirname, '../../..');
  const script = async (...options: string[]) =>
    new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
      const command = ['--import', 'tsx', 'scripts/fetch-data.ts', ...options];
      const child = execFile(
        process.execPath,
        command,
        { cwd: root, env: { ...process.env, MLOPS_DOWNLOAD_HOSTS: '127.0.0.1' } },
        (_, stdout, stderr) => resolve({ code: child.exitCode ?? -1, stdout, stderr }),
      );
    });

  it('tells the hash and whether it was checked', async () => {
    const directory = await temporaryFolder();
    const url = `${await origin()}/table.csv`;
    const { code, stdout } = await script('--url', url, '--directory', directory);
    expect(code).toBe(0);
    expect(stdout).toContain(`SHA-256 ${SHA256} (not checked, because no --sha256 was given)`);
    expect(await readdir(directory)).toEqual(['table.csv']);
  });

  it('ends with code 1 and one sentence', async () => {
    const directory = await temporaryFolder();
    const url = `${await origin()}/nowhere.csv`;
    const { code, stdout, stderr } = await script('--url', url, '--directory', directory);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/^http:\S+: the server answered with status 404; [^\n]*\n$/);
    expect(await readdir(directory)).toEqual([]);
  });
});
