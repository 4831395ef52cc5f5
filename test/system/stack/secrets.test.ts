import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import { expect, it } from 'vitest';
import { CREATED, zipOf } from '../../unit/lambda-emulator/zips.js';
import { openHome } from '../../support/cli.js';
import { freePorts } from '../../support/temp.js';
import { LIMIT_MS } from '../../support/until.js';

const CODEC_KEY = randomBytes(32).toString('base64');
const WEBHOOK_SECRET = randomBytes(20).toString('hex');
const AWS_SECRET = randomBytes(20).toString('hex');

/** What a process was started with, by /proc. */
const startedWith = (pid: number) => readFile(`/proc/${pid}/environ`, 'utf8');

it.runIf(process.platform === 'linux')(
  'the stack gives secrets to its worker alone, and keeps its files to their owner',
  { timeout: LIMIT_MS * 2 },
  async ({ onTestFinished }) => {
    const home = await openHome(onTestFinished);
    const [codec, hook] = await freePorts(2);
    const { code, stderr } = await home.run(['start-pipeline', '--no-wait', '--json'], {
      MLOPS_CODEC_KEYS: `ours:${CODEC_KEY}`,
      MLOPS_CODEC_PORT: String(codec),
      MLOPS_ALERT_WEBHOOK: `http://127.0.0.1:${hook}/`,
      MLOPS_ALERT_SECRET: WEBHOOK_SECRET,
      AWS_SECRET_ACCESS_KEY: AWS_SECRET,
    });
    expect(code, stderr).toBe(0);
    const { pid, workerPid, serverPid } = (await home.stack())!;

    // A function that tells what it and its parent were started with.
    const source = `const { readFileSync } = await import('node:fs');
      return { own: process.env, parent: readFileSync('/proc/' + process.ppid + '/environ', 'utf8'), ppid: process.ppid };`;
    const ZipFile = Buffer.from(zipOf(source)).toString('base64');
    const post = (path: string, body: unknown) =>
      fetch(`http://127.0.0.1:${home.ports.lambda}/2015-03-31/functions${path}`, {
        method: 'POST',
        body: JSON.stringify(body),
      });
    await post('', { FunctionName: 'spy', Code: { ZipFile }, ...CREATED });
    const seen = (await (await post('/spy/invocations', {})).json()) as { own: unknown; parent: string; ppid: number };
    expect(seen.parent).toContain('PATH=');
    expect(seen.ppid).not.toBe(pid);
    const reported = [JSON.stringify(seen.own), seen.parent, await startedWith(serverPid!)];
    for (const secret of [CODEC_KEY, WEBHOOK_SECRET, AWS_SECRET])
      for (const text of reported) expect(text).not.toContain(secret);
    expect(await startedWith(workerPid!)).toContain(CODEC_KEY);

    for (const name of await readdir(home.home, { recursive: true })) {
      const { mode } = await stat(join(home.home, name));
      // Folders that are closed close what is in them.
      if (!name.includes('/')) expect([name, mode & 0o077]).toEqual([name, 0]);
      if (/temporal\.db|stack\.json|logs\//.test(name)) expect([name, mode & 0o777]).toEqual([name, 0o600]);
    }
  },
);
