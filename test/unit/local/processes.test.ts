import type { ChildProcess } from 'node:child_process';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, afterEach, beforeEach } from 'vitest';
import { environmentFor, type ProcessKind, type Keeper, supervise } from '../../../src/local/processes.js';
import { isAlive } from '../../../src/store/files.js';
import { makeDirectory } from '../../support/temp.js';
import { until } from '../../support/until.js';

const SECRETS = {
  MLOPS_CODEC_KEYS: 'ours:a2V5',
  MLOPS_CODEC_KMS_KEYS: 'ours:a2V5',
  MLOPS_ALERT_WEBHOOK: 'https://hooks.example/T0/secret',
  MLOPS_ALERT_SECRET: 'secret of the webhook',
  MLFLOW_TRACKING_PASSWORD: 'password',
  MLFLOW_TRACKING_TOKEN: 'token',
  EVIDENTLY_SECRET: 'secret',
  TEMPORAL_API_KEY: 'key',
  TEMPORAL_TLS_CLIENT_KEY_DATA: 'key',
  AWS_ACCESS_KEY_ID: 'AKIA',
  AWS_SECRET_ACCESS_KEY: 'secret',
  AWS_SESSION_TOKEN: 'token',
  AWS_PROFILE: 'prod',
  GITHUB_TOKEN: 'ghp',
  NPM_TOKEN: 'npm',
  DATABASE_URL: 'postgres://u:p@h/d',
  OTEL_EXPORTER_OTLP_HEADERS: 'authorization=x',
  LC_TOKEN: 'what ssh lets through',
  XDG_TOKEN: 'token',
};
const ENVIRONMENT = { ...SECRETS, PATH: '/bin', HOME: '/home/ada', LANG: 'C', MLOPS_HOME: '/h', GOPROXY: 'direct' };
const KINDS: ProcessKind[] = ['temporal-server', 'lambda-endpoint', 'go-build', 'git'];

describe('the environment of a process that the stack starts', () => {
  it.each(KINDS)('holds what %s needs to run, and no secret of others', (kind) => {
    const given = environmentFor(kind, ENVIRONMENT);
    expect(given).toMatchObject({ PATH: '/bin', HOME: '/home/ada', LANG: 'C' });
    for (const name of Object.keys(SECRETS)) expect([name, given[name]]).toEqual([name, undefined]);
  });

  it('holds the settings of the endpoint, and credentials only where captures go to a bucket', () => {
    expect(environmentFor('lambda-endpoint', ENVIRONMENT)).toMatchObject({ MLOPS_HOME: '/h' });
    const given = environmentFor('lambda-endpoint', ENVIRONMENT, { bucket: true });
    expect(given).toMatchObject({ AWS_ACCESS_KEY_ID: 'AKIA', AWS_PROFILE: 'prod' });
    expect(given['MLOPS_CODEC_KEYS']).toBeUndefined();
    expect(environmentFor('go-build', ENVIRONMENT)).toMatchObject({ GOPROXY: 'direct' });
  });
});

let directory: string;
let said: string[];
let keeper: Keeper | undefined;
beforeEach(async () => {
  directory = await makeDirectory();
  said = [];
  keeper = undefined;
});
afterEach(async () => {
  await keeper?.stop();
  await rm(directory, { recursive: true, force: true });
});

/** A program that is of use at once and ends when a file says so. */
const program = (ends: string) => `
  const { existsSync, appendFileSync } = require('node:fs');
  appendFileSync(${JSON.stringify(join('DIRECTORY', 'starts'))}, 'x');
  process.send('ready');
  setInterval(() => existsSync(${JSON.stringify(join('DIRECTORY', ends))}) && process.exit(3), 5);`;

const keep = async (
  code: string,
  ready = (child: ChildProcess) => new Promise<void>((resolve) => child.once('message', () => resolve())),
) =>
  (keeper = await supervise({
    name: 'part',
    command: process.execPath,
    args: ['-e', code.replaceAll('DIRECTORY', directory)],
    env: process.env,
    log: join(directory, 'part.log'),
    ready,
    say: (line) => void said.push(line),
  }));

describe('a process that is kept', () => {
  it('is started again however often it ends, which can be seen, and is well once it lives', async () => {
    const kept = await keep(program('end'));
    expect(kept.trouble()).toBeNull();
    await writeFile(join(directory, 'end'), '');
    // More often than the five times after which it was once given up; the pauses add up to some 15 seconds.
    const trouble = await until(
      () => kept.trouble() ?? '',
      (text) => /ended [67] times, next start/.test(text),
    );
    expect(trouble).toMatch(/^the part ended [67] times, next start in \d+ s, see .*part\.log$/);
    expect(kept.pid()).toBeUndefined();
    await rm(join(directory, 'end'));
    await until(
      () => kept.pid(),
      (pid) => pid !== undefined,
    );
    expect(kept.trouble()).toMatch(/ended \d times and was started again/);
    await until(
      () => kept.trouble(),
      (text) => text === null,
    );
    expect(isAlive(kept.pid()!)).toBe(true);
    expect(said.filter((line) => line.startsWith('The part ended')).length).toBeGreaterThanOrEqual(6);
    expect((await readFile(join(directory, 'starts'), 'utf8')).length).toBeGreaterThan(6);
  });

  it('that ends in its first start is the caller’s to tell of', async () => {
    await expect(keep('process.exit(4)')).rejects.toThrow(/^The part ended \(exit code 4\); see .*part\.log\.$/);
    expect(said).toEqual([]);
  });

  it('whose program is not there is the caller’s to tell of, too', async () => {
    const missing = supervise({
      ...{ name: 'part', command: join(directory, 'none'), args: [], env: process.env },
      ...{ log: join(directory, 'part.log'), ready: () => new Promise<void>(() => undefined), say: () => undefined },
    });
    await expect(missing).rejects.toThrow('ENOENT');
  });

  it('that runs and is never of use is ended, so that nothing of a failed start is left', async () => {
    let pid: number | undefined;
    const never = (child: ChildProcess) => {
      pid = child.pid;
      return Promise.reject(new Error('No answer.'));
    };
    await expect(keep(program('end'), never)).rejects.toThrow('No answer.');
    expect([typeof pid, isAlive(pid!)]).toEqual(['number', false]);
  });

  it('is not started again once it is to stop, also while it waits for that', async () => {
    const kept = await keep(program('end'));
    await writeFile(join(directory, 'end'), '');
    await until(
      () => kept.trouble(),
      (text) => text !== null && text.includes('next start'),
    );
    await kept.stop();
    const starts = await readFile(join(directory, 'starts'), 'utf8');
    await new Promise((resolve) => setTimeout(resolve, 1000));
    expect(await readFile(join(directory, 'starts'), 'utf8')).toBe(starts);
  });
});
